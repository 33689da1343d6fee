"""Handles: what staff call an anonymous contact, sayable aloud and impossible to count through.

The words are chosen to be kind: nobody who is frightened should be filed under a harsh one.
"""

import random
import secrets

FIRST = (
    "amber ample apple apricot aqua ash autumn balmy bamboo barley basil bay berry birch blue bold"
    " bonny breezy bright bronze brook buttery calm candid cedar cheery cherry chestnut cinnamon citrus"
    " clay clear clever clover cobalt cocoa coastal copper coral cosy cotton cream crimson crisp crystal"
    " curly dainty dapper dawn denim dewy dusky early earnest easy ebony elder emerald evening even"
    " fair fawn fern festive fine flaxen fleecy floral fluffy fond forest free fresh friendly frosty"
    " garnet gentle giant ginger glad gleaming glossy golden grand grassy green hazel heather hilly"
    " honest honey humble indigo iris ivory ivy jade jasmine jolly jovial juniper kind lacy lavender"
    " leafy lemon level light lilac lily lime linen little lively loyal lucky lunar magenta maple"
    " marble maroon mauve meadow mellow merry mild mint misty mossy neat nimble noble nutmeg oak oaken"
    " oat ocean olive opal orange orchid pastel peach pearl pebble pepper petal pine pink plain plum"
    " plush polar polite poppy proud purple quartz quick quiet quilted rainy rapid rare restful ripe"
    " rosy round royal ruby rustic saffron sage sandy sapphire satin scarlet serene shady shiny silent"
    " silken silky silver simple sleek smooth snowy soft solar sparkling spicy spotted spring spruce"
    " starry steady still striped sturdy summer sunlit sunny swift tall tame tangy tawny teal tender"
    " thankful thrifty thyme tidal tidy timber topaz tranquil true tulip turquoise upbeat upland vanilla"
    " velvet verdant violet vivid walnut warm waxen wheaten white willow windy winter wise wooden woolly"
    " young zesty"
).split()

SECOND = (
    "acorn acre almond alpaca anchor anvil apron arch arrow artist aspen atlas attic badge badger bagel"
    " baker ballad balloon banjo banner barge barn basket beach beacon beaver bell bench bicycle biscuit"
    " blanket blossom bobbin bonnet book bottle bouquet bowl branch brass bread breeze bridge broom bucket"
    " bugle bumblebee butter button cabin cactus camel candle canoe canvas canyon caravan cardigan carpet"
    " carrot castle cello chair chalk cheese chess chime cinema circle cliff clock cloud coat cobbler"
    " coconut comet compass cookie coral cottage courtyard cradle crane crayon creek crescent cricket"
    " crocus cup curtain cushion cygnet cymbal daffodil dahlia daisy deer desk diary dolphin domino donkey"
    " door dove dragonfly drawing drum duck dune eagle easel echo egret elbow elk elm ember engine falcon"
    " farm feather fiddle field finch flag flamingo flask flute fountain fox galaxy garden gate gazebo"
    " geranium giraffe glacier glen globe glove goat goose gosling granary grape greenhouse guitar gull"
    " hamlet hammock hamster harbour hare harp hat hedge hedgehog helmet hen heron hill hive horizon"
    " horse hyacinth igloo inkwell inlet island jacket jar jetty jigsaw journal jug kayak kettle kite kitten"
    " koala ladder ladle lagoon lake lamb lamp lantern lark laurel lawn ledger lemur lighthouse linnet"
    " llama lodge loft loom lute magnet mallard mandolin mango map marigold marina market marmot marsh"
    " medal melody melon mill mirror mitten moon moth mountain mug museum napkin nectar needle nest"
    " newt notebook nuthatch oar oasis oboe octave orchard oriole osprey otter oven owl paddle paintbrush"
    " palace pancake panda panther paper parasol parcel park parrot parsley pasture path patio pavilion"
    " peacock pear pelican pencil penguin peony piano picnic pigeon pillow pine plaza plover plough"
    " pocket pond pony porch porcupine postcard potato prairie primrose puffin pumpkin puzzle quail quilt"
    " rabbit raft rainbow raven reed reef ribbon river robin rocket rooster rope rose rowan rudder saddle"
    " sail salmon sandal satchel saucer scarf school scooter seal shell shore skylark sleigh slipper"
    " snowdrop sofa sparrow spaniel spoon squirrel stable starling station stove stream studio sundial"
    " sunflower swallow swan table tambourine tapestry teapot telescope temple tent terrace thicket"
    " thimble thistle thrush ticket toast tortoise tower tractor trail train trellis trumpet tunnel turtle"
    " umbrella valley vase veranda viaduct village vine viola violin wagon wagtail waistcoat walrus"
    " warbler water wave weasel whale wharf wheel whistle windmill window wombat woodland wren yacht yarn"
    " zebra zither"
).split()


def new_handle(rng: random.Random | None = None) -> str:
    """Two words and three digits, chosen at random: `velvet-canoe-471`; about 100 million in all."""
    rng = rng or secrets.SystemRandom()
    return f"{rng.choice(FIRST)}-{rng.choice(SECOND)}-{rng.randint(100, 999)}"
