//! The drawn skeleton of the map: outline, streets, stream and hills, as control points in metres
//! east and north of 120.3865°, 36.1175°. What the skeleton encloses is filled in by `blocks`.

use super::plane::{Place, at, spline};
use super::random::Random;

/// What runs along a way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// Main road.
    Arterial,
    /// Street.
    Secondary,
    /// Lane, usually inside a block.
    Lane,
    /// Stream.
    Stream,
    /// Foot of a hill.
    Hill,
}

impl Class {
    /// Distance in metres that compounds keep from the way's middle.
    pub fn clearance(self) -> f64 {
        match self {
            Self::Arterial => 24.0,
            Self::Secondary => 15.0,
            Self::Lane => 8.0,
            Self::Stream => 18.0,
            Self::Hill => 10.0,
        }
    }

    /// Cost of a metre of grid border along the way: borders follow streams and main roads.
    pub fn border_cost(self) -> f64 {
        match self {
            Self::Stream => 0.3,
            Self::Arterial => 0.4,
            Self::Secondary => 0.7,
            Self::Hill => 1.0,
            Self::Lane => 2.2,
        }
    }

    /// Name of the class in `roads`; `None` for what is no road.
    pub fn road(self) -> Option<&'static str> {
        match self {
            Self::Arterial => Some("arterial"),
            Self::Secondary => Some("secondary"),
            Self::Lane => Some("lane"),
            Self::Stream | Self::Hill => None,
        }
    }
}

/// A line of the skeleton, sampled.
pub struct Drawn {
    /// Name.
    pub name: String,
    /// What it is.
    pub class: Class,
    /// Its vertices, on the integer grid.
    pub line: Vec<Place>,
    /// Whether a community border runs along it.
    pub community_border: bool,
}

/// The communities by sequence number.
pub const COMMUNITIES: [&str; 4] = ["保儿社区", "大山社区", "双山社区", "蚌埠路社区"];

/// Places from which the communities' areas are filled up to their borders. The first three are
/// the sourced places of the community offices.
pub const COMMUNITY_SEEDS: [(usize, Place); 5] = [
    (0, at(407.8, -119.8)),
    (1, at(-973.2, 361.7)),
    (2, at(29.7, -147.6)),
    (3, at(-200.0, -560.0)),
    (3, at(-900.0, -480.0)),
];

/// The crossing at the metro station: 哈尔滨路–黑龙江南路 with 怀远路–合肥路.
pub const STATION: Place = at(440.0, -395.0);

/// Middle of each hill.
pub const HILLS: [(&str, Place); 2] = [("双山", at(-150.0, 480.0)), ("大山", at(-1195.0, 45.0))];

type Points = &'static [(f64, f64)];

#[rustfmt::skip] // a table, one line a row
const OUTLINE: [(&str, Class, Points); 7] = [
    ("西流路", Class::Secondary, &[(-1100.0, -800.0), (-1180.0, -690.0), (-1290.0, -520.0), (-1390.0, -310.0), (-1530.0, -60.0), (-1575.0, 230.0), (-1480.0, 450.0), (-1440.0, 690.0)]),
    ("北岭路", Class::Secondary, &[(-1440.0, 690.0), (-1190.0, 800.0), (-890.0, 872.0), (-650.0, 884.0), (-420.0, 835.0), (-140.0, 842.0), (90.0, 822.0), (300.0, 856.0)]),
    ("岭后路", Class::Secondary, &[(200.0, 1004.0), (520.0, 985.0), (800.0, 940.0), (1090.0, 925.0)]),
    ("劲松四路", Class::Secondary, &[(1090.0, 925.0), (1300.0, 790.0), (1370.0, 590.0), (1480.0, 330.0), (1560.0, 60.0), (1540.0, -80.0), (1500.0, -300.0)]),
    ("南岭路", Class::Secondary, &[(1500.0, -300.0), (1380.0, -400.0), (1200.0, -430.0)]),
    ("九龙东路", Class::Secondary, &[(1200.0, -430.0), (1170.0, -560.0), (1130.0, -680.0), (1050.0, -770.0), (940.0, -815.0)]),
    ("延平路", Class::Arterial, &[(940.0, -815.0), (620.0, -905.0), (200.0, -930.0), (-180.0, -885.0), (-560.0, -950.0), (-900.0, -890.0), (-1100.0, -800.0)]),
];

/// Streets that change their name at a crossing: the name up to it, the street crossed, the name
/// beyond it.
pub const RENAMED: [(&str, &str, &str); 2] =
    [("大山路", "滁州路", "保儿路"), ("淮南路", "黑龙江南路", "劲松二路")];

#[rustfmt::skip] // a table, one line a row
const STREETS: [(&str, Class, bool, Points); 28] = [
    ("滁州路", Class::Secondary, true, &[(205.0, -470.0), (205.0, -426.0), (232.0, -240.0), (215.0, -20.0), (180.0, 190.0), (240.0, 470.0), (262.0, 760.0), (252.0, 900.0), (240.0, 1045.0)]),
    ("固东路", Class::Secondary, false, &[(1140.0, -180.0), (1250.0, -300.0), (1320.0, -470.0)]),
    ("大山路", Class::Secondary, false, &[(-1600.0, 335.0), (-1260.0, 300.0), (-1080.0, 262.0), (-860.0, 250.0), (-620.0, 262.0), (-420.0, 232.0), (-200.0, 205.0), (0.0, 200.0), (180.0, 190.0), (330.0, 178.0), (500.0, 140.0), (800.0, 150.0), (1150.0, 125.0), (1380.0, 165.0), (1570.0, 190.0)]),
    ("阜阳路", Class::Secondary, false, &[(-880.0, 930.0), (-905.0, 760.0), (-890.0, 580.0), (-835.0, 280.0), (-880.0, -20.0), (-830.0, -390.0)]),
    ("六安路", Class::Secondary, false, &[(-1225.0, 860.0), (-1215.0, 640.0), (-1275.0, 330.0), (-1240.0, 170.0)]),
    ("巢湖路", Class::Secondary, false, &[(-1510.0, 560.0), (-1240.0, 560.0), (-900.0, 590.0), (-620.0, 560.0), (-420.0, 535.0), (-310.0, 520.0)]),
    ("淮南路", Class::Secondary, false, &[(-915.0, 10.0), (-760.0, -30.0), (-600.0, -50.0), (-300.0, -25.0), (0.0, -5.0), (230.0, -10.0), (480.0, -30.0), (680.0, -14.0), (900.0, -45.0), (1120.0, -30.0), (1360.0, 10.0), (1610.0, 20.0)]),
    ("大山东巷", Class::Lane, false, &[(-1040.0, 50.0), (-940.0, 62.0), (-850.0, 50.0)]),
    ("大山南巷", Class::Lane, false, &[(-1170.0, -60.0), (-1150.0, -180.0), (-1160.0, -300.0)]),
    ("大山西巷", Class::Lane, false, &[(-1350.0, 60.0), (-1450.0, 45.0), (-1620.0, 62.0)]),
    ("双山路", Class::Secondary, false, &[(-215.0, -460.0), (-215.0, -390.0), (-185.0, -210.0), (-235.0, -20.0), (-190.0, 210.0), (-170.0, 390.0)]),
    ("双山北路", Class::Lane, false, &[(-160.0, 590.0), (-120.0, 730.0), (-150.0, 930.0)]),
    ("铜陵路", Class::Secondary, false, &[(-440.0, -440.0), (-405.0, -230.0), (-440.0, -40.0), (-400.0, 230.0), (-445.0, 530.0), (-405.0, 720.0), (-420.0, 910.0)]),
    ("芜湖路", Class::Secondary, false, &[(-660.0, -210.0), (-410.0, -225.0), (-190.0, -212.0), (60.0, -250.0), (232.0, -236.0), (400.0, -222.0), (590.0, -240.0)]),
    ("安庆路", Class::Secondary, false, &[(-625.0, 728.0), (-405.0, 715.0), (-120.0, 735.0), (70.0, 715.0), (262.0, 725.0), (540.0, 690.0), (860.0, 690.0), (1050.0, 655.0), (1230.0, 640.0), (1430.0, 600.0)]),
    ("桃园路", Class::Secondary, false, &[(0.0, 480.0), (120.0, 450.0), (245.0, 468.0), (500.0, 415.0), (720.0, 430.0), (930.0, 405.0), (1190.0, 410.0), (1480.0, 390.0)]),
    ("固镇路", Class::Secondary, false, &[(-5.0, -470.0), (-20.0, -400.0), (-30.0, -240.0), (-75.0, -120.0), (-40.0, 0.0), (-10.0, 230.0)]),
    ("宿州路", Class::Secondary, false, &[(470.0, -60.0), (490.0, 0.0), (510.0, 140.0), (475.0, 415.0), (545.0, 690.0), (520.0, 1045.0)]),
    ("北岭一巷", Class::Lane, false, &[(835.0, 660.0), (820.0, 790.0), (800.0, 1000.0)]),
    ("劲松三路", Class::Secondary, false, &[(1050.0, -280.0), (1075.0, -220.0), (1115.0, -30.0), (1160.0, 130.0), (1200.0, 405.0), (1225.0, 640.0), (1265.0, 900.0)]),
    ("同安路", Class::Secondary, false, &[(845.0, -340.0), (850.0, -290.0), (880.0, -45.0), (900.0, 170.0)]),
    ("蚌埠路", Class::Secondary, false, &[(-1330.0, -530.0), (-1180.0, -490.0), (-900.0, -585.0), (-620.0, -640.0), (-320.0, -655.0), (-60.0, -690.0), (205.0, -672.0), (480.0, -650.0), (720.0, -615.0), (960.0, -590.0), (1240.0, -610.0)]),
    ("淮安路", Class::Secondary, false, &[(-1040.0, -250.0), (-1035.0, -350.0), (-1000.0, -560.0), (-1010.0, -930.0)]),
    ("周集路", Class::Secondary, false, &[(-800.0, -270.0), (-800.0, -380.0), (-790.0, -600.0), (-770.0, -990.0)]),
    ("滁河路", Class::Secondary, false, &[(-330.0, -390.0), (-330.0, -460.0), (-300.0, -660.0), (-335.0, -960.0)]),
    ("凤阳路", Class::Secondary, false, &[(-75.0, -410.0), (-80.0, -480.0), (-50.0, -690.0), (-95.0, -950.0)]),
    ("萍水路", Class::Secondary, false, &[(675.0, -320.0), (690.0, -400.0), (715.0, -620.0), (690.0, -930.0)]),
    ("九龙路", Class::Secondary, false, &[(965.0, -250.0), (965.0, -330.0), (935.0, -590.0), (905.0, -860.0)]),
];

#[rustfmt::skip] // a table, one line a row
const AXIS_WEST_EAST: Points = &[(-1640.0, -310.0), (-1430.0, -275.0), (-1160.0, -262.0), (-810.0, -320.0), (-430.0, -400.0), (-60.0, -440.0), (205.0, -430.0), (440.0, -395.0), (760.0, -322.0), (1100.0, -232.0), (1330.0, -205.0), (1600.0, -120.0)];
#[rustfmt::skip] // a table, one line a row
const AXIS_SOUTH_NORTH: Points = &[(-70.0, -1010.0), (60.0, -870.0), (205.0, -672.0), (325.0, -520.0), (440.0, -395.0), (575.0, -225.0), (680.0, -10.0), (800.0, 150.0), (925.0, 405.0), (1045.0, 655.0), (1140.0, 990.0)];
#[rustfmt::skip] // a table, one line a row
const STREAM: Points = &[(-585.0, 940.0), (-600.0, 840.0), (-570.0, 720.0), (-635.0, 560.0), (-585.0, 420.0), (-640.0, 262.0), (-590.0, 120.0), (-600.0, -50.0), (-655.0, -200.0), (-600.0, -365.0), (-560.0, -500.0), (-625.0, -640.0), (-560.0, -780.0), (-580.0, -980.0)];
#[rustfmt::skip] // a table, one line a row
const HILL_FEET: [(&str, Points); 2] = [
    ("双山", &[(-350.0, 470.0), (-320.0, 580.0), (-225.0, 575.0), (-165.0, 625.0), (-60.0, 610.0), (25.0, 540.0), (45.0, 450.0), (-15.0, 365.0), (-110.0, 385.0), (-180.0, 335.0), (-290.0, 370.0)]),
    ("大山", &[(-1395.0, 40.0), (-1370.0, 130.0), (-1290.0, 185.0), (-1205.0, 165.0), (-1110.0, 195.0), (-1015.0, 130.0), (-1000.0, 30.0), (-1060.0, -40.0), (-1090.0, -110.0), (-1190.0, -105.0), (-1265.0, -60.0), (-1350.0, -50.0)]),
];

/// Metres between the vertices of a curve.
const STEP_M: f64 = 34.0;

/// The skeleton. The seed moves the streets' control points by a few metres; the outline, the
/// station's crossing and the hills stay.
pub fn skeleton(random: &mut Random) -> Vec<Drawn> {
    let places = |points: Points| points.iter().map(|&(x, y)| at(x, y)).collect::<Vec<_>>();
    let mut drawn = Vec::new();
    let mut draw = |name: &str, class, community_border, line| {
        drawn.push(Drawn { name: name.to_owned(), class, line, community_border });
    };
    for (name, class, points) in OUTLINE {
        draw(name, class, true, spline(&places(points), false, STEP_M));
    }
    for (names, points, border) in [
        (["怀远路", "合肥路"], AXIS_WEST_EAST, true),
        (["哈尔滨路", "黑龙江南路"], AXIS_SOUTH_NORTH, false),
    ] {
        let line = spline(&places(points), false, STEP_M);
        let middle = STATION.snapped();
        let cut = line.iter().position(|&p| p == middle).unwrap_or(line.len() / 2);
        draw(names[0], Class::Arterial, border, line[..=cut].to_vec());
        draw(names[1], Class::Arterial, border, line[cut..].to_vec());
    }
    draw("双山河", Class::Stream, true, spline(&places(STREAM), false, STEP_M));
    for (name, points) in HILL_FEET {
        draw(name, Class::Hill, false, spline(&places(points), true, STEP_M));
    }
    for (name, class, border, points) in STREETS {
        let mut line = places(points);
        let last = line.len() - 1;
        for p in &mut line[1..last] {
            *p = *p + at(random.between(-7.0, 7.0), random.between(-7.0, 7.0));
        }
        draw(name, class, border, spline(&line, false, STEP_M));
    }
    drawn
}
