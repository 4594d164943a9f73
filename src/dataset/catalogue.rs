//! The layers of a dataset: conventional names, titles, and the names that fields go by.

/// What a layer means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LayerKind {
    Subdistrict,
    Communities,
    Grids,
    Net,
    Compounds,
    Units,
    Roads,
    Barriers,
    Buildings,
    Doors,
    Landmarks,
}

/// A layer that is known by its name.
pub(super) struct Conventional {
    pub name: &'static str,
    pub kind: LayerKind,
    pub title: &'static str,
    pub title_zh: &'static str,
}

const fn layer(
    name: &'static str,
    kind: LayerKind,
    title: &'static str,
    title_zh: &'static str,
) -> Conventional {
    Conventional { name, kind, title, title_zh }
}

/// The conventional layers in the order of reports and menus. Nets of other names come after the
/// conventional nets.
pub(super) const LAYERS: [Conventional; 13] = [
    layer("subdistrict", LayerKind::Subdistrict, "Subdistrict", "街道"),
    layer("communities", LayerKind::Communities, "Communities", "社区"),
    layer("grids", LayerKind::Grids, "Governance grids", "治理网格"),
    layer("branches", LayerKind::Net, "Grid Party branches", "网格党支部"),
    layer("emergency_grids", LayerKind::Net, "Emergency grids", "应急网格"),
    layer("urban_management_grids", LayerKind::Net, "Urban-management grids", "城管网格"),
    layer("compounds", LayerKind::Compounds, "Residential compounds", "小区"),
    layer("units", LayerKind::Units, "Planning units", "规划单元"),
    layer("roads", LayerKind::Roads, "Roads", "道路"),
    layer("barriers", LayerKind::Barriers, "Barriers", "阻隔"),
    layer("buildings", LayerKind::Buildings, "Buildings", "楼栋"),
    layer("doors", LayerKind::Doors, "Door numbers", "门牌"),
    layer("landmarks", LayerKind::Landmarks, "Landmarks", "地标"),
];

/// The conventional layer of a name.
pub(super) fn conventional(name: &str) -> Option<&'static Conventional> {
    LAYERS.iter().find(|layer| layer.name == name)
}

/// Sorts layers as [`LAYERS`] has them; a net of another name comes behind the conventional nets.
pub(super) fn order(name: &str) -> (usize, bool) {
    match LAYERS.iter().position(|layer| layer.name == name) {
        Some(place) => (place, false),
        None => {
            let last_net = LAYERS.iter().rposition(|layer| layer.kind == LayerKind::Net);
            (last_net.unwrap_or(LAYERS.len()), true)
        }
    }
}

/// A field under its canonical name, and the other column names that are recognised.
pub(super) struct FieldNames {
    pub canonical: &'static str,
    pub others: &'static [&'static str],
}

const fn field(canonical: &'static str, others: &'static [&'static str]) -> FieldNames {
    FieldNames { canonical, others }
}

/// Longitude or easting, and latitude or northing, of a table's rows.
pub(super) const LON: FieldNames =
    field("lon", &["lng", "longitude", "x", "经度", "东坐标", "X坐标", "横坐标"]);
pub(super) const LAT: FieldNames =
    field("lat", &["latitude", "y", "纬度", "北坐标", "Y坐标", "纵坐标"]);

const COMMUNITY: FieldNames = field(
    "community_code",
    &["所属社区编码", "所属社区代码", "社区编码", "社区代码", "社区编号", "所属社区", "社区"],
);
const HOUSEHOLDS: FieldNames = field("households", &["户数", "总户数", "居民户数", "住户数"]);
const SYNTHETIC: FieldNames = field("synthetic", &["虚构", "模拟数据"]);
const ALIASES: FieldNames = field("aliases", &["别名", "曾用名", "又名", "俗称"]);
const COMPOUND: FieldNames = field(
    "compound_id",
    &["所属小区编号", "小区编号", "小区编码", "小区代码", "所属小区", "小区名称", "小区"],
);

const SUBDISTRICT_FIELDS: &[FieldNames] = &[
    field("code", &["街道编码", "街道代码", "编码", "代码"]),
    field("name", &["街道名称", "名称"]),
];

const COMMUNITIES_FIELDS: &[FieldNames] = &[
    field("code", &["社区编码", "社区代码", "社区编号", "编码", "代码", "编号"]),
    field("name", &["社区名称", "社区", "名称"]),
];

const GRIDS_FIELDS: &[FieldNames] = &[
    field("code", &["网格编码", "网格编号", "网格代码", "编码", "编号", "代码"]),
    field("name", &["网格名称", "网格", "名称"]),
    COMMUNITY,
    field("kind", &["网格类型", "网格类别", "类型", "类别"]),
    field("valid_from", &["启用日期", "生效日期", "开始日期"]),
    field("valid_to", &["停用日期", "失效日期", "结束日期"]),
];

const NET_FIELDS: &[FieldNames] = &[
    field("id", &["支部编号", "支部编码", "编号", "编码", "代码", "code"]),
    field("name", &["支部名称", "党支部名称", "党支部", "名称"]),
    field(
        "grid_codes",
        &["grid_code", "网格编码", "网格编号", "网格代码", "所属网格", "对应网格", "治理网格"],
    ),
];

const COMPOUNDS_FIELDS: &[FieldNames] = &[
    field("id", &["小区编号", "小区编码", "小区代码", "编号", "编码", "代码"]),
    field("name", &["小区名称", "小区名", "小区", "名称"]),
    ALIASES,
    field("address", &["地址", "小区地址", "详细地址"]),
    COMMUNITY,
    HOUSEHOLDS,
    field("residents", &["居民数", "人口", "人口数", "居民人数", "常住人口", "总人口"]),
    field("party_members", &["党员数", "党员人数", "党员"]),
    field("buildings", &["楼栋数", "楼幢数", "栋数", "楼数"]),
    field("kind", &["小区类型", "类型", "类别"]),
    SYNTHETIC,
    LON,
    LAT,
];

const UNITS_FIELDS: &[FieldNames] = &[
    field("id", &["单元编号", "单元编码", "编号", "编码", "代码", "code"]),
    field("name", &["单元名称", "名称"]),
    HOUSEHOLDS,
    COMMUNITY,
];

const ROADS_FIELDS: &[FieldNames] = &[
    field("id", &["编号", "编码"]),
    field("name", &["道路名称", "路名", "道路", "名称"]),
    field("kind", &["class", "highway", "道路等级", "等级", "类型", "类别"]),
];

const BARRIERS_FIELDS: &[FieldNames] = &[
    field("id", &["编号", "编码"]),
    field("name", &["名称"]),
    field("kind", &["class", "类型", "类别"]),
];

const BUILDINGS_FIELDS: &[FieldNames] = &[
    field("id", &["楼栋编号", "楼栋编码", "编号", "编码", "代码"]),
    field("name", &["楼栋名称", "楼栋", "楼号", "楼幢", "名称"]),
    COMPOUND,
    LON,
    LAT,
];

const DOORS_FIELDS: &[FieldNames] = &[
    field("road", &["道路", "路名", "道路名称", "街路巷"]),
    field("from", &["起号", "起始号", "起始门牌"]),
    field("to", &["止号", "终止号", "终止门牌"]),
    field("side", &["单双号", "单双", "侧"]),
    COMPOUND,
];

const LANDMARKS_FIELDS: &[FieldNames] = &[field("name", &["地标名称", "名称"]), ALIASES, LON, LAT];

/// The fields of a kind of layer. The order of the names is the order of trust.
pub(super) fn fields(kind: LayerKind) -> &'static [FieldNames] {
    match kind {
        LayerKind::Subdistrict => SUBDISTRICT_FIELDS,
        LayerKind::Communities => COMMUNITIES_FIELDS,
        LayerKind::Grids => GRIDS_FIELDS,
        LayerKind::Net => NET_FIELDS,
        LayerKind::Compounds => COMPOUNDS_FIELDS,
        LayerKind::Units => UNITS_FIELDS,
        LayerKind::Roads => ROADS_FIELDS,
        LayerKind::Barriers => BARRIERS_FIELDS,
        LayerKind::Buildings => BUILDINGS_FIELDS,
        LayerKind::Doors => DOORS_FIELDS,
        LayerKind::Landmarks => LANDMARKS_FIELDS,
    }
}

/// Whether rows of a table can make the layer: those whose features are places or have none.
pub(super) fn reads_csv(kind: LayerKind) -> bool {
    matches!(
        kind,
        LayerKind::Compounds | LayerKind::Buildings | LayerKind::Doors | LayerKind::Landmarks
    )
}

/// The file names that are read without a manifest, for messages.
pub(super) fn looked_for() -> String {
    let names: Vec<_> = LAYERS.iter().map(|layer| layer.name).collect();
    let tables = LAYERS.iter().filter(|l| reads_csv(l.kind)).map(|l| l.name);
    format!(
        "{} with .geojson or .json; {} also with .csv",
        names.join(", "),
        tables.collect::<Vec<_>>().join(", ")
    )
}
