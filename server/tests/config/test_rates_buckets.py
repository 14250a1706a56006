"""What callers have left: it fills evenly, is counted by all workers together, and takes no more memory for more callers."""

from __future__ import annotations

import multiprocessing
import os
from dataclasses import replace

from brainstem.config.rates import buckets as kept
from brainstem.config.rates.buckets import LOOK_AT, PLACES, Buckets
from brainstem.config.rates.policies import Policy

from .test_rates import Clock

REQUESTS = Policy("requests", "person", 60)
COST = Policy("cost", "person", 60)


def test_nobody_has_to_wait_for_longer_than_clients_do():
    clock = Clock()
    buckets = Buckets(now=clock)
    buckets.charge([(COST, "a")], 1_000_000)
    assert buckets.take([(COST, "a")])[0].wait_s == 31
    clock.seconds += 31
    assert buckets.take([(COST, "a")])[0].wait_s == 0


def test_a_request_that_one_limit_refuses_counts_for_none():
    buckets = Buckets(now=Clock())
    scarce, plenty = replace(REQUESTS, per_minute=1), replace(REQUESTS, per_minute=100)
    wanted = [(scarce, "scarce"), (plenty, "plenty")]
    found = [buckets.take(wanted) for _ in range(3)]
    assert [bool(left[0].wait_s) for left in found] == [False, True, True]
    assert [left[1].number for left in found] == [99, 99, 99]


def test_more_callers_than_there_are_places_take_those_that_were_used_longest_ago(monkeypatch):
    monkeypatch.setattr(kept, "_digest", lambda key: 1 + int(key) * (PLACES - LOOK_AT))
    clock = Clock()
    buckets = Buckets(now=clock)
    for at in range(LOOK_AT + 1):
        clock.seconds += 1e-6
        buckets.charge([(COST, str(at))], 50)
    assert [round(buckets.take([(COST, str(at))])[0].number) for at in range(1, LOOK_AT + 1)] == [10] * LOOK_AT
    assert buckets.take([(COST, "0")])[0].number == 60


def spend(descriptor, number):
    buckets = Buckets(descriptor, now=lambda: 0.0)
    for _ in range(number):
        buckets.charge([(replace(COST, per_minute=10_000), "all")], 1)


def test_all_workers_of_a_machine_count_together():
    descriptor = kept.create()
    try:
        fork = multiprocessing.get_context("fork")
        workers = [fork.Process(target=spend, args=(descriptor, 1000)) for _ in range(4)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        buckets = Buckets(descriptor, now=lambda: 0.0)
        assert buckets.take([(replace(COST, per_minute=10_000), "all")])[0].number == 6000
    finally:
        os.close(descriptor)
