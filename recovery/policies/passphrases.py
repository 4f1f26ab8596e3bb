"""The two words an agent must say first, so that the caller can be sure of the agent (CASE-9)."""

_FIRST_WORDS = """
    amber azure bold brave bright calm clear clever cosy crisp deep early easy even fair fine firm fresh gentle glad
    golden grand green happy honest jolly keen kind large light lively lucky mellow merry mild modest neat noble
    open patient plain proud quick quiet rapid ready rosy round royal silent silver simple smart smooth soft solid
    steady still sunny swift tall tidy true warm wide wise young
"""
_SECOND_WORDS = """
    acorn anchor apple autumn badger barn basket beach bell birch boat bridge brook button candle canyon castle cedar
    cherry clock cloud clover comet copper coral cotton dolphin falcon feather ferry field forest fountain garden
    glacier harbour hazel hill island ivory lantern lemon lighthouse lily maple marble meadow mill moon mountain
    ocean olive orchard otter owl paper pearl pebble pine planet pond puffin quarry rabbit rainbow river robin saddle
    sail spruce star summer swan thistle timber tower tulip valley velvet violin walnut willow window winter
"""
FIRST = tuple(_FIRST_WORDS.split())
SECOND = tuple(_SECOND_WORDS.split())


def phrase(first: int, second: int) -> str:
    """Return the two words for two numbers."""
    return f"{FIRST[first % len(FIRST)]} {SECOND[second % len(SECOND)]}"
