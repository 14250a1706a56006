#!/bin/bash
# Saves the database, then the uploads:  backup.sh DATA_FOLDER BACKUP_FOLDER
# The database is the one that PGHOST, PGUSER, PGPASSWORD and PGDATABASE name, so that no password is an argument.
set -euo pipefail
umask 077
data=$1
saved=$2/$(date --utc +%Y-%m-%dT%H%M%SZ)

pg_dump --no-password --format=custom --file="$saved.dump.part"
# Exit code 1: a file arrived meanwhile; the next backup has it.
tar --create --gzip --file="$saved.uploads.tar.gz.part" --directory="$data" . || test $? -eq 1
mv "$saved.dump.part" "$saved.dump"
mv "$saved.uploads.tar.gz.part" "$saved.uploads.tar.gz"
