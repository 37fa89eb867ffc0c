from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from caretime.rules.sharing import share_out

NAMES = ("a", "b", "c", "d")

supplies = st.lists(
    st.tuples(st.integers(0, 4), st.sets(st.sampled_from(NAMES)).map(tuple)),
    max_size=6,
)
needs = st.dictionaries(st.sampled_from(NAMES), st.integers(0, 6))


def most(supplies, needs):
    """Return the least cut, over every set of needs: what no sharing can exceed."""
    everyone = list(needs)
    cuts = []
    for size in range(len(everyone) + 1):
        for served in combinations(everyone, size):
            reach = sum(n for n, whose in supplies if set(served) & set(whose))
            cuts.append(reach + sum(needs[x] for x in everyone if x not in served))
    return min(cuts)


@given(supplies, needs)
def test_as_much_is_given_as_any_sharing_can_give(supplies, needs):
    given_out = share_out(supplies, needs)

    assert sum(given_out.values()) == most(supplies, needs)
    assert all(0 <= given_out[name] <= asked for name, asked in needs.items())


@given(supplies, needs)
def test_what_is_given_is_there_for_every_set_of_needs(supplies, needs):
    given_out = share_out(supplies, needs)

    for size in range(1, len(needs) + 1):
        for some in combinations(needs, size):
            reach = sum(n for n, whose in supplies if set(some) & set(whose))
            assert sum(given_out[name] for name in some) <= reach


def test_a_chain_of_hand_overs_serves_everyone():
    chain = [(1, ("a", "b")), (1, ("b", "c")), (1, ("c", "d")), (1, ("a",))]

    assert share_out(chain, dict.fromkeys("abcd", 1)) == dict.fromkeys("abcd", 1)


def test_the_earlier_need_comes_first():
    assert share_out([(1, ("a", "b"))], {"b": 1, "a": 1}) == {"b": 1, "a": 0}
