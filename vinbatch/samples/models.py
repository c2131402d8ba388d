"""Plausible parameter sets of real models, as their certificates of conformity state them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

from vinbatch.noun import Noun

Cell: TypeAlias = str | int | float
Cells: TypeAlias = dict[str, Cell]


class Model(Noun, frozen=True):
    """A model: the first eight characters of its VINs, its maker's plant, and what is stated of it."""

    prefix: str
    plant: str
    certificate: str
    values: Mapping[str, Cell]


def _car(**more: Cell) -> Cells:
    """What most cars share."""
    return {
        "category": "M1",
        "new_energy": "否",
        "axles": 2,
        "wheels": 4,
        "drive_axles": "后轴",
        "direct_injection": "是",
        "working_principle": "点燃式四冲程",
        "cylinders": 4,
        "cylinder_layout": "直列",
        "clutch": "液力变矩器",
        "gearbox": "自动变速器",
        "final_drive": "3.08",
        "steering": "方向盘",
        "power_steering": "电动助力",
        "brakes": "前后盘式制动，双回路液压",
        "abs": "是",
        "body": "四门轿车",
        "doors": 4,
        "seats": 5,
        "emission_standard": "GB18352.6-2016 国六b",
        **more,
    }


def _size(front: int, base: int, rear: int, width: int, height: int) -> Cells:
    return {
        "overhang_front": front,
        "wheelbase": str(base),
        "overhang_rear": rear,
        "length": front + base + rear,
        "width": width,
        "height": height,
        "track_front": width - 268,
        "track_rear": str(width - 245),
    }


def _mass(kerb: int, gross: int, front: int, rear: int, roof: int = 75) -> Cells:
    return {
        "kerb_mass": kerb,
        "gross_mass": gross,
        "axle_loads": f"{front}/{rear}",
        "roof_load": roof,
        "tow_braked": 1800,
        "tow_unbraked": 750,
        "combination_mass": gross + 1800,
    }


def _petrol(maker: str, code: str, ml: int, power: float, litres: float, speed: int) -> Cells:
    return {
        "fuel": "汽油",
        "engine_maker": maker,
        "engine_model": code,
        "displacement": ml,
        "net_power": power,
        "net_power_speed": 5000,
        "fuel_consumption": litres,
        "co2": round(litres * 23.5),
        "max_speed": speed,
        "co": 210.5,
        "thc": 28.4,
        "nmhc": 21.6,
        "nox": 18.2,
        "pm": 0.6,
        "pn": 1.2,
        "noise_stationary": 74,
        "noise_speed": 3750,
        "noise_passby": 70.5,
    }


def _named(number: str, manufacturer: str, country: str, zh: str, en: str, model: str, name: str) -> Cells:
    return {
        "structure_no": number,
        "manufacturer": manufacturer,
        "country": country,
        "brand_zh": zh,
        "brand_en": en,
        "model": model,
        "model_name": name,
    }


_BMW = "宝马股份公司(BMW AG)"
_PORSCHE = "保时捷股份公司(Dr. Ing. h.c. F. Porsche AG)"
_ELECTRIC: Cells = {
    "new_energy": "是",
    "fuel": "电",
    "motor_model": "EAF",
    "motor_power": 150,
    "motor_voltage": 400,
    "battery_model": "NCM-95",
    "battery_maker": "LG Energy Solution",
    "battery_voltage": 396,
    "battery_capacity": 240,
    "battery_energy": 95,
    "max_speed": 200,
    "gearbox": "单级减速器",
}
_ENGINE_ONLY = (
    "direct_injection",
    "working_principle",
    "cylinders",
    "cylinder_layout",
    "clutch",
    "emission_standard",
)


def _without_engine(car: Cells) -> Cells:
    return {key: value for key, value in car.items() if key not in _ENGINE_ONLY}


_HEAVY_DIESEL: Cells = {
    "fuel": "柴油",
    "working_principle": "压燃式四冲程",
    "co2": 795,
    "net_power_speed": 1800,
    "combination_mass": 44000,
    "tow_braked": 26000,
    "gearbox": "12挡机械式自动变速器",
    "brakes": "前后盘式制动，双回路气压",
    "power_steering": "电液助力",
    "body": "平头驾驶室牵引车",
    "emission_standard": "GB17691-2018 国六b",
}

MODELS: tuple[Model, ...] = (
    Model(
        "WBA13BJ0",
        "C",
        "2020011101345678",
        _named("BMW-G30-530I-21", _BMW, "DEU", "宝马", "BMW", "BMW 530i", "5系四门轿车")
        | _car(tyres="245/45 R18 100Y")
        | _size(866, 2975, 1122, 1868, 1479)
        | _mass(1690, 2285, 1090, 1265)
        | _petrol("宝马股份公司", "B48B20B", 1998, 185, 6.4, 250),
    ),
    Model(
        "WBS43AY0",
        "F",
        "2021011101345701",
        _named("BMW-G80-M3-22", _BMW, "DEU", "宝马", "BMW", "BMW M3 COMPETITION", "M3四门轿车")
        | _car(tyres="275/35 ZR19 / 285/30 ZR20", cylinders=6)
        | _size(858, 2857, 1079, 1903, 1433)
        | _mass(1805, 2210, 1080, 1240)
        | _petrol("宝马M有限公司", "S58B30A", 2993, 375, 10.1, 250),
    ),
    Model(
        "WMWXU710",
        "2",
        "2021011101346002",
        _named("MINI-F56-COOPER-21", _BMW, "DEU", "迷你", "MINI", "MINI COOPER", "三门掀背车")
        | _car(drive_axles="前轴", tyres="195/55 R16 87W", cylinders=3, doors=3, seats=4, body="三门两厢轿车")
        | _size(779, 2495, 576, 1727, 1414)
        | _mass(1235, 1685, 905, 810)
        | _petrol("宝马股份公司", "B38A15F", 1499, 100, 5.6, 210),
    ),
    Model(
        "WP1AA29Y",
        "L",
        "2019011101347003",
        _named("POR-CAYENNE-3.0-21", _PORSCHE, "DEU", "保时捷", "PORSCHE", "CAYENNE 3.0T", "卡宴")
        | _car(
            category="M1G",
            drive_axles="前轴/后轴",
            tyres="255/55 R19 111Y",
            cylinders=6,
            cylinder_layout="V列",
            doors=5,
            body="五门多用途乘用车",
        )
        | _size(936, 2895, 1095, 1983, 1698)
        | _mass(2095, 2830, 1365, 1555, 100)
        | _petrol("奥迪股份公司", "DCB", 2995, 250, 9.4, 245),
    ),
    Model(
        "WP0AA2Y1",
        "S",
        "2021011101347104",
        _named("POR-TAYCAN-4S-22", _PORSCHE, "DEU", "保时捷", "PORSCHE", "TAYCAN 4S", "Taycan")
        | _without_engine(_car(drive_axles="前轴/后轴", tyres="225/55 R19 / 275/45 R19"))
        | _size(924, 2900, 1139, 1966, 1379)
        | _mass(2215, 2880, 1365, 1560)
        | _ELECTRIC
        | {"motor_model": "EBH/EBG", "motor_power": 390, "max_speed": 250},
    ),
    Model(
        "W1K2130B",
        "A",
        "2020011101348005",
        _named(
            "MB-W213-E300-21",
            "梅赛德斯-奔驰股份公司",
            "DEU",
            "梅赛德斯-奔驰",
            "MERCEDES-BENZ",
            "E 300",
            "E级轿车",
        )
        | _car(tyres="245/45 R18 100Y")
        | _size(840, 2939, 1144, 1852, 1465)
        | _mass(1755, 2320, 1095, 1275)
        | _petrol("梅赛德斯-奔驰股份公司", "264920", 1991, 190, 7.0, 250),
    ),
    Model(
        "JTHB31B1",
        "5",
        "2021011101349006",
        _named("LEX-ES200-22", "丰田汽车株式会社", "JPN", "雷克萨斯", "LEXUS", "ES200", "雷克萨斯ES")
        | _car(drive_axles="前轴", tyres="215/55 R17 94V", direct_injection="是")
        | _size(965, 2870, 1140, 1864, 1447)
        | _mass(1595, 2100, 1160, 1010)
        | _petrol("丰田汽车株式会社", "M20A-FKS", 1987, 127, 5.9, 204),
    ),
    Model(
        "SALWA2RV",
        "A",
        "2020011101350007",
        _named(
            "LR-RRS-3.0-21",
            "捷豹路虎有限公司",
            "GBR",
            "路虎",
            "LAND ROVER",
            "RANGE ROVER SPORT",
            "揽胜运动版",
        )
        | _car(
            category="M1G",
            drive_axles="前轴/后轴",
            tyres="275/45 R21 110Y",
            cylinders=6,
            doors=5,
            body="五门多用途乘用车",
        )
        | _size(916, 2923, 1043, 1983, 1803)
        | _mass(2315, 3050, 1500, 1800, 100)
        | _petrol("捷豹路虎有限公司", "PT306", 2996, 260, 10.2, 225),
    ),
    Model(
        "YV1ZWA8V",
        "1",
        "2021011101351008",
        _named("VOL-V90-B5-22", "沃尔沃汽车公司", "SWE", "沃尔沃", "VOLVO", "V90 B5", "V90旅行轿车")
        | _car(drive_axles="前轴", tyres="245/45 R18 100W", doors=5, body="五门旅行轿车")
        | _size(872, 2941, 1123, 1879, 1475)
        | _mass(1826, 2340, 1200, 1190, 100)
        | _petrol("沃尔沃汽车公司", "B420T2", 1969, 184, 7.1, 180),
    ),
    Model(
        "5YJSA1E2",
        "F",
        "2021011101352009",
        _named(
            "TES-MODELS-LR-22",
            "特斯拉公司(Tesla, Inc.)",
            "USA",
            "特斯拉",
            "TESLA",
            "MODEL S LONG RANGE",
            "Model S",
        )
        | _without_engine(_car(drive_axles="前轴/后轴", tyres="255/45 R19 104Y", doors=5))
        | _size(923, 2960, 1087, 1964, 1445)
        | _mass(2100, 2640, 1265, 1440)
        | _ELECTRIC
        | {"motor_model": "3D1/3D5", "motor_power": 493, "max_speed": 250, "battery_energy": 100},
    ),
    Model(
        "1FTFW1RG",
        "F",
        "2021011101353010",
        _named(
            "FOR-F150-RAPTOR-21", "福特汽车公司", "USA", "福特", "FORD", "F-150 RAPTOR", "F-150猛禽多用途货车"
        )
        | _car(category="N1G", drive_axles="前轴/后轴", tyres="LT315/70R17 121/118S", cylinders=6)
        | _size(962, 3708, 1238, 2199, 2027)
        | _mass(2580, 3155, 1500, 1870)
        | _petrol("福特汽车公司", "EcoBoost 3.5", 3497, 331, 13.4, 180)
        | {"cylinder_layout": "V列", "body": "四门货厢式多用途货车", "steering": "方向盘"},
    ),
    Model(
        "WMA06XZZ",
        "W",
        "2021011101354011",
        _named(
            "MAN-TGX-18.510-22",
            "曼卡客车股份公司(MAN Truck & Bus SE)",
            "DEU",
            "曼",
            "MAN",
            "TGX 18.510",
            "半挂牵引车",
        )
        | _car(category="N3", wheels=6, tyres="315/70R22.5", cylinders=6, doors=2, seats=2)
        | _size(1475, 3600, 865, 2500, 3690)
        | _mass(7480, 18000, 7500, 11500)
        | _petrol("曼卡客车股份公司", "D2676LF97", 12419, 375, 30, 110)
        | _HEAVY_DIESEL,
    ),
    Model(
        "WB10M030",
        "Z",
        "2021011102355012",
        _named("BMW-R1250GS-22", _BMW, "DEU", "宝马", "BMW", "R 1250 GS", "两轮摩托车")
        | {
            "category": "L3",
            "new_energy": "否",
            "axles": 2,
            "wheels": 2,
            "drive_axles": "后轴",
            "wheelbase": "1525",
            "length": 2207,
            "width": 952,
            "height": 1430,
            "kerb_mass": 249,
            "gross_mass": 465,
            "axle_loads": "170/295",
            "working_principle": "点燃式四冲程",
            "cylinders": 2,
            "cylinder_layout": "水平对置",
            "gearbox": "6挡手动",
            "tyres": "120/70 R19 / 170/60 R17",
            "steering": "方向把",
            "abs": "是",
            "seats": 2,
            "emission_standard": "GB14622-2016 国四",
        }
        | _petrol("宝马股份公司", "A74B12M", 1254, 100, 4.75, 219),
    ),
)
