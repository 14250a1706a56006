-- Run once, by the administrator of PostgreSQL: a role that owns one database and has no other privileges.
\getenv password BRAINSTEM_DB_PASSWORD
CREATE ROLE brainstem LOGIN PASSWORD :'password' NOSUPERUSER NOCREATEDB NOCREATEROLE CONNECTION LIMIT 60;
CREATE DATABASE brainstem OWNER brainstem ENCODING 'UTF8' TEMPLATE template0;
REVOKE ALL ON DATABASE brainstem FROM PUBLIC;
ALTER ROLE brainstem SET idle_in_transaction_session_timeout = '5min';
ALTER ROLE brainstem SET temp_file_limit = '2GB';
