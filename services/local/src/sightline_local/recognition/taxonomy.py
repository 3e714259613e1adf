"""The names of what the object detectors know, as Rekognition would say them.

The detectors are trained on COCO, whose 80 classes come in a fixed order. Names, ancestors and
categories follow Rekognition's published ways (`Car` below `Vehicle` below `Transportation`,
`Cell Phone` also known as `Mobile Phone`); they are ours, not a copy of its list.

https://cocodataset.org and https://docs.aws.amazon.com/rekognition/latest/dg/labels.html
"""

from typing import NamedTuple


class Name(NamedTuple):
    """A label's name, its ancestors from the nearest one up, other names, and its category."""

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

#: By COCO's class number, from 0.
COCO = (
    Name("Person", _PEOPLE, (), ("Human",)),
    Name("Bicycle", _VEHICLES, _VEHICLE, ("Bike",)),
    Name("Car", _VEHICLES, _VEHICLE, ("Automobile",)),
    Name("Motorcycle", _VEHICLES, _VEHICLE, ("Motorbike",)),
    Name("Airplane", _VEHICLES, ("Aircraft", *_VEHICLE), ("Aeroplane", "Plane")),
    Name("Bus", _VEHICLES, _VEHICLE),
    Name("Train", _VEHICLES, ("Railway", *_VEHICLE)),
    Name("Truck", _VEHICLES, _VEHICLE, ("Lorry",)),
    Name("Boat", _VEHICLES, _VEHICLE),
    Name("Traffic Light", _STREET, ("Light",), ("Traffic Signal",)),
    Name("Fire Hydrant", _STREET, (), ("Hydrant",)),
    Name("Stop Sign", _STREET, ("Road Sign", "Sign", "Symbol")),
    Name("Parking Meter", _STREET),
    Name("Bench", _FURNITURE, _SEAT),
    Name("Bird", _ANIMALS, ("Animal",)),
    Name("Cat", _ANIMALS, _PET),
    Name("Dog", _ANIMALS, ("Canine", *_PET)),
    Name("Horse", _ANIMALS, _MAMMAL),
    Name("Sheep", _ANIMALS, _LIVESTOCK),
    Name("Cow", _ANIMALS, ("Cattle", *_LIVESTOCK)),
    Name("Elephant", _ANIMALS, _WILDLIFE),
    Name("Bear", _ANIMALS, _WILDLIFE),
    Name("Zebra", _ANIMALS, _WILDLIFE),
    Name("Giraffe", _ANIMALS, _WILDLIFE),
    Name("Backpack", _APPAREL, ("Bag",), ("Rucksack",)),
    Name("Umbrella", _APPAREL, ("Canopy",)),
    Name("Handbag", _APPAREL, ("Bag", "Accessories"), ("Purse",)),
    Name("Tie", _APPAREL, ("Formal Wear", "Accessories"), ("Necktie",)),
    Name("Suitcase", _APPAREL, ("Baggage",)),
    Name("Frisbee", _TOYS, ("Toy",)),
    Name("Skis", _SPORTS, ("Sport",), ("Ski",)),
    Name("Snowboard", _SPORTS, ("Sport",)),
    Name("Ball", _SPORTS, ("Sport",), ("Sports Ball",)),
    Name("Kite", _TOYS, ("Toy",)),
    Name("Baseball Bat", _SPORTS, ("Baseball", "Sport")),
    Name("Baseball Glove", _SPORTS, ("Baseball", "Sport")),
    Name("Skateboard", _SPORTS, ("Sport",)),
    Name("Surfboard", _SPORTS, ("Sport",)),
    Name("Tennis Racket", _SPORTS, ("Racket", "Tennis", "Sport")),
    Name("Bottle", _THINGS),
    Name("Wine Glass", _FOOD, ("Glass",)),
    Name("Cup", _THINGS),
    Name("Fork", _THINGS, _CUTLERY),
    Name("Knife", _THINGS, _CUTLERY),
    Name("Spoon", _THINGS, _CUTLERY),
    Name("Bowl", _THINGS),
    Name("Banana", _FOOD, _FRUIT),
    Name("Apple", _FOOD, _FRUIT),
    Name("Sandwich", _FOOD, ("Food",)),
    Name("Orange", _FOOD, ("Citrus Fruit", *_FRUIT)),
    Name("Broccoli", _FOOD, ("Vegetable", "Produce", "Plant", "Food")),
    Name("Carrot", _FOOD, ("Vegetable", "Produce", "Plant", "Food")),
    Name("Hot Dog", _FOOD, ("Food",)),
    Name("Pizza", _FOOD, ("Food",)),
    Name("Donut", _FOOD, _SWEETS, ("Doughnut",)),
    Name("Cake", _FOOD, _SWEETS),
    Name("Chair", _FURNITURE, _SEAT),
    Name("Couch", _FURNITURE, _SEAT, ("Sofa",)),
    Name("Potted Plant", _PLANTS, ("Plant",), ("Houseplant",)),
    Name("Bed", _FURNITURE, ("Furniture",)),
    Name("Dining Table", _FURNITURE, ("Table", "Furniture")),
    Name("Toilet", _HOME, ("Bathroom", "Indoors")),
    Name("TV", _DEVICES, ("Screen", *_SCREEN), ("Television",)),
    Name("Laptop", _DEVICES, ("Computer", *_SCREEN)),
    Name("Mouse", _DEVICES, ("Computer Hardware", *_SCREEN), ("Computer Mouse",)),
    Name("Remote Control", _DEVICES, ("Electronics",)),
    Name("Keyboard", _DEVICES, ("Computer Hardware", *_SCREEN), ("Computer Keyboard",)),
    Name("Cell Phone", _DEVICES, ("Phone", "Electronics"), ("Mobile Phone",)),
    Name("Microwave", _KITCHEN, _APPLIANCE, ("Microwave Oven",)),
    Name("Oven", _KITCHEN, _APPLIANCE),
    Name("Toaster", _KITCHEN, _APPLIANCE),
    Name("Sink", _HOME),
    Name("Refrigerator", _KITCHEN, _APPLIANCE, ("Fridge",)),
    Name("Book", _THINGS, ("Publication",)),
    Name("Clock", _THINGS),
    Name("Vase", _HOME, ("Pottery",)),
    Name("Scissors", _TOOLS),
    Name("Teddy Bear", _TOYS, ("Toy",)),
    Name("Hair Dryer", _KITCHEN, _APPLIANCE, ("Hair Drier",)),
    Name("Toothbrush", _TOOLS, ("Brush",)),
)

#: Ancestors whose category is another one than that of what they were found with.
CATEGORIES = {
    "Plant": _PLANTS,
    "Glass": _THINGS,
    "Light": _THINGS,
    "Symbol": "Symbols and Flags",
    "Sign": "Symbols and Flags",
    "Road Sign": "Symbols and Flags",
}
