"""Label taxonomy: Rekognition-style names, ancestors and categories of the COCO classes.

The object detectors are trained on COCO, which has 80 classes in a fixed order. The taxonomy
follows Rekognition's published conventions (`Car` below `Vehicle` below `Transportation`,
`Cell Phone` with the alias `Mobile Phone`) but is not a copy of its list.

https://cocodataset.org and https://docs.aws.amazon.com/rekognition/latest/dg/labels.html
"""

from typing import NamedTuple


class LabelDefinition(NamedTuple):
    """A label; `parents` are its ancestors from the nearest up, `aliases` its synonyms."""

    name: str
    category: str
    parents: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()


_ANIMALS = "Animals and Pets"
_APPAREL = "Apparel and Accessories"
_DEVICES = "Technology and Computing"
_FOOD = "Food and Beverage"
_FURNITURE = "Furniture and Furnishings"
_HOME = "Home and Indoors"
_KITCHEN = "Home Appliances"
_PEOPLE = "Person Description"
_PLANTS = "Plants and Flowers"
_STREET = "Transport and Logistics"
_SPORTS = "Sports"
_THINGS = "Everyday Objects"
_TOOLS = "Tools and Machinery"
_TOYS = "Toys and Gaming"
_VEHICLES = "Vehicles and Automotive"

_VEHICLE = ("Vehicle", "Transportation")
_MAMMAL = ("Mammal", "Animal")
_PET = ("Pet", "Mammal", "Animal")
_LIVESTOCK = ("Livestock", "Mammal", "Animal")
_WILDLIFE = ("Wildlife", "Mammal", "Animal")
_CUTLERY = ("Cutlery",)
_FRUIT = ("Fruit", "Produce", "Plant", "Food")
_SWEETS = ("Dessert", "Food")
_SEAT = ("Furniture",)
_SCREEN = ("Electronics", "Hardware")
_APPLIANCE = ("Appliance", "Electrical Device")

#: Indexed by COCO class number, from 0.
COCO_LABELS = (
    LabelDefinition("Person", _PEOPLE, (), ("Human",)),
    LabelDefinition("Bicycle", _VEHICLES, _VEHICLE, ("Bike",)),
    LabelDefinition("Car", _VEHICLES, _VEHICLE, ("Automobile",)),
    LabelDefinition("Motorcycle", _VEHICLES, _VEHICLE, ("Motorbike",)),
    LabelDefinition("Airplane", _VEHICLES, ("Aircraft", *_VEHICLE), ("Aeroplane", "Plane")),
    LabelDefinition("Bus", _VEHICLES, _VEHICLE),
    LabelDefinition("Train", _VEHICLES, ("Railway", *_VEHICLE)),
    LabelDefinition("Truck", _VEHICLES, _VEHICLE, ("Lorry",)),
    LabelDefinition("Boat", _VEHICLES, _VEHICLE),
    LabelDefinition("Traffic Light", _STREET, ("Light",), ("Traffic Signal",)),
    LabelDefinition("Fire Hydrant", _STREET, (), ("Hydrant",)),
    LabelDefinition("Stop Sign", _STREET, ("Road Sign", "Sign", "Symbol")),
    LabelDefinition("Parking Meter", _STREET),
    LabelDefinition("Bench", _FURNITURE, _SEAT),
    LabelDefinition("Bird", _ANIMALS, ("Animal",)),
    LabelDefinition("Cat", _ANIMALS, _PET),
    LabelDefinition("Dog", _ANIMALS, ("Canine", *_PET)),
    LabelDefinition("Horse", _ANIMALS, _MAMMAL),
    LabelDefinition("Sheep", _ANIMALS, _LIVESTOCK),
    LabelDefinition("Cow", _ANIMALS, ("Cattle", *_LIVESTOCK)),
    LabelDefinition("Elephant", _ANIMALS, _WILDLIFE),
    LabelDefinition("Bear", _ANIMALS, _WILDLIFE),
    LabelDefinition("Zebra", _ANIMALS, _WILDLIFE),
    LabelDefinition("Giraffe", _ANIMALS, _WILDLIFE),
    LabelDefinition("Backpack", _APPAREL, ("Bag",), ("Rucksack",)),
    LabelDefinition("Umbrella", _APPAREL, ("Canopy",)),
    LabelDefinition("Handbag", _APPAREL, ("Bag", "Accessories"), ("Purse",)),
    LabelDefinition("Tie", _APPAREL, ("Formal Wear", "Accessories"), ("Necktie",)),
    LabelDefinition("Suitcase", _APPAREL, ("Baggage",)),
    LabelDefinition("Frisbee", _TOYS, ("Toy",)),
    LabelDefinition("Skis", _SPORTS, ("Sport",), ("Ski",)),
    LabelDefinition("Snowboard", _SPORTS, ("Sport",)),
    LabelDefinition("Ball", _SPORTS, ("Sport",), ("Sports Ball",)),
    LabelDefinition("Kite", _TOYS, ("Toy",)),
    LabelDefinition("Baseball Bat", _SPORTS, ("Baseball", "Sport")),
    LabelDefinition("Baseball Glove", _SPORTS, ("Baseball", "Sport")),
    LabelDefinition("Skateboard", _SPORTS, ("Sport",)),
    LabelDefinition("Surfboard", _SPORTS, ("Sport",)),
    LabelDefinition("Tennis Racket", _SPORTS, ("Racket", "Tennis", "Sport")),
    LabelDefinition("Bottle", _THINGS),
    LabelDefinition("Wine Glass", _FOOD, ("Glass",)),
    LabelDefinition("Cup", _THINGS),
    LabelDefinition("Fork", _THINGS, _CUTLERY),
    LabelDefinition("Knife", _THINGS, _CUTLERY),
    LabelDefinition("Spoon", _THINGS, _CUTLERY),
    LabelDefinition("Bowl", _THINGS),
    LabelDefinition("Banana", _FOOD, _FRUIT),
    LabelDefinition("Apple", _FOOD, _FRUIT),
    LabelDefinition("Sandwich", _FOOD, ("Food",)),
    LabelDefinition("Orange", _FOOD, ("Citrus Fruit", *_FRUIT)),
    LabelDefinition("Broccoli", _FOOD, ("Vegetable", "Produce", "Plant", "Food")),
    LabelDefinition("Carrot", _FOOD, ("Vegetable", "Produce", "Plant", "Food")),
    LabelDefinition("Hot Dog", _FOOD, ("Food",)),
    LabelDefinition("Pizza", _FOOD, ("Food",)),
    LabelDefinition("Donut", _FOOD, _SWEETS, ("Doughnut",)),
    LabelDefinition("Cake", _FOOD, _SWEETS),
    LabelDefinition("Chair", _FURNITURE, _SEAT),
    LabelDefinition("Couch", _FURNITURE, _SEAT, ("Sofa",)),
    LabelDefinition("Potted Plant", _PLANTS, ("Plant",), ("Houseplant",)),
    LabelDefinition("Bed", _FURNITURE, ("Furniture",)),
    LabelDefinition("Dining Table", _FURNITURE, ("Table", "Furniture")),
    LabelDefinition("Toilet", _HOME, ("Bathroom", "Indoors")),
    LabelDefinition("TV", _DEVICES, ("Screen", *_SCREEN), ("Television",)),
    LabelDefinition("Laptop", _DEVICES, ("Computer", *_SCREEN)),
    LabelDefinition("Mouse", _DEVICES, ("Computer Hardware", *_SCREEN), ("Computer Mouse",)),
    LabelDefinition("Remote Control", _DEVICES, ("Electronics",)),
    LabelDefinition("Keyboard", _DEVICES, ("Computer Hardware", *_SCREEN), ("Computer Keyboard",)),
    LabelDefinition("Cell Phone", _DEVICES, ("Phone", "Electronics"), ("Mobile Phone",)),
    LabelDefinition("Microwave", _KITCHEN, _APPLIANCE, ("Microwave Oven",)),
    LabelDefinition("Oven", _KITCHEN, _APPLIANCE),
    LabelDefinition("Toaster", _KITCHEN, _APPLIANCE),
    LabelDefinition("Sink", _HOME),
    LabelDefinition("Refrigerator", _KITCHEN, _APPLIANCE, ("Fridge",)),
    LabelDefinition("Book", _THINGS, ("Publication",)),
    LabelDefinition("Clock", _THINGS),
    LabelDefinition("Vase", _HOME, ("Pottery",)),
    LabelDefinition("Scissors", _TOOLS),
    LabelDefinition("Teddy Bear", _TOYS, ("Toy",)),
    LabelDefinition("Hair Dryer", _KITCHEN, _APPLIANCE, ("Hair Drier",)),
    LabelDefinition("Toothbrush", _TOOLS, ("Brush",)),
)

#: Ancestors whose category differs from that of the detected label.
PARENT_CATEGORIES = {
    "Plant": _PLANTS,
    "Glass": _THINGS,
    "Light": _THINGS,
    "Symbol": "Symbols and Flags",
    "Sign": "Symbols and Flags",
    "Road Sign": "Symbols and Flags",
}
