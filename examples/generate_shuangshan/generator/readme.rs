//! The dataset's own README, in Chinese and English, with the planted faults as they came out.

use super::Map;
use super::files::{grid_code, grid_name};
use super::grids::HOUSEHOLDS;
use std::fmt::Write;

/// The text of README.md.
pub fn readme(map: &Map) -> String {
    let compounds = &map.land.compounds;
    let households: u32 = compounds.iter().map(|c| c.households).sum();
    let buildings: usize = compounds.iter().map(|c| c.buildings.len()).sum();
    let mut text = format!(
        "# 双山街道演示数据 · Demo data of Shuangshan Subdistrict\n\n\
         **合成数据。** 图形、界线、小区位置、户数、门牌等由生成器按随机种子 {seed} 生成，不是任何官方界线，\
         每个要素带 `synthetic: true`。\n\
         **Synthetic.** Geometry, borders, the compounds' places, households and door numbers are made by \
         a generator with seed {seed}; they are no official borders, and each feature carries `synthetic: true`.\n\n\
         ```\ncargo run --release --example generate_shuangshan -- data/shuangshan\n```\n\n\
         ## 真实的部分 · What is true\n\n\
         | 内容 | What |\n|---|---|\n\
         | 街道、四个社区的名称与编码（2023 年） | names and codes of the subdistrict and its four communities (2023) |\n\
         | 16 个网格、16 个网格党支部（应有数） | 16 grids and 16 grid Party branches (as they should be) |\n\
         | 双山社区第三网格：鸿仕雅居、鑫源向上、双山军苑，共 1,811 户、87 名党员（各小区分数为虚构） | the third grid of 双山社区 holds 鸿仕雅居, 鑫源向上 and 双山军苑: 1,811 households and 87 Party members together (how they divide is invented) |\n\
         | 双山馨城是另一小区（位置、户数虚构） | 双山馨城 is another compound (place and counts invented) |\n\
         | 双山、保儿、大山三个社区居委会的位置 | places of the offices of 双山, 保儿 and 大山 communities |\n\
         | 双山地铁站大致位置（±500 米），在哈尔滨路—黑龙江南路与怀远路—合肥路相交处 | roughly (±500 m) the place of 双山 metro station, where 哈尔滨路–黑龙江南路 meets 怀远路–合肥路 |\n\
         | 每户平均约 2.55 人；大山、双山两座山的名称 | about 2.55 persons a household; the names of the two hills |\n\n\
         共 {n} 个小区、{households} 户、{units} 个规划单元、{buildings} 栋楼。\n\
         {n} compounds, {households} households, {units} planning units, {buildings} buildings.\n\n\
         `valid_from` 亦为虚构。`valid_from` is invented too.\n\n",
        seed = map.seed,
        n = compounds.len(),
        units = map.mesh.faces.len(),
    );
    faults(map, &mut text);
    sizes(map, households, &mut text);
    text
}

fn faults(map: &Map, text: &mut String) {
    text.push_str(
        "## 预设的错误 · Planted faults\n\n\
         `wangge check` 应逐一找到，且除户数失衡外不应有其他 error 级发现。\n\
         `wangge check` should find each, and nothing else of severity error but the imbalance below.\n\n\
         其余各处，三张网与网格的界线逐点相同：有空隙、重叠或切开小区的网格，其三张网跟随网格，因此不另报网的错误。\n\
         Everywhere else the three nets have exactly the vertices of the grids: where a grid has the gap, \
         the overlap or the cut compound, its nets follow it, so that no fault of a net arises there.\n\n\
         | 规则 rule | 图层 layer | 网格 grids | 位置 where (lon, lat) | 大小 | size |\n|---|---|---|---|---|---|\n",
    );
    for fault in &map.faults {
        let grids: Vec<String> = fault.grids.iter().map(|&g| grid_name(g)).collect();
        let codes: Vec<String> = fault.grids.iter().map(|&g| grid_code(g)).collect();
        let v = fault.place.vertex();
        let _ = writeln!(
            text,
            "| `{}` | `{}` | {}<br>{} | {}.{:05}, {}.{:05} | {} | {} |",
            fault.rule,
            fault.layer,
            grids.join("、"),
            codes.join(", "),
            v.lon / 10_000_000,
            v.lon % 10_000_000 / 100,
            v.lat / 10_000_000,
            v.lat % 10_000_000 / 100,
            fault.size_zh,
            fault.size,
        );
    }
    text.push('\n');
}

fn sizes(map: &Map, households: u32, text: &mut String) {
    let count = map.nets.grids.len();
    let mean = f64::from(households) / count as f64;
    let _ = write!(
        text,
        "## 户数失衡 · Imbalance (`balance.deviation`)\n\n\
         平均每网格 {mean:.1} 户；偏差超过 ±10% 的都应报告。\n\
         The mean is {mean:.1} households; every grid beyond ±10 % is reported.\n\n\
         | 网格 grid | 编码 code | 户数 households | 偏差 deviation |\n|---|---|---:|---:|\n"
    );
    for (grid, &size) in HOUSEHOLDS.iter().flat_map(|s| s.iter()).enumerate() {
        let deviation = (f64::from(size) / mean - 1.0) * 100.0;
        let mark = if deviation.abs() > 10.0 { " ⚠" } else { "" };
        let _ = writeln!(
            text,
            "| {} | {} | {size} | {deviation:+.1}%{mark} |",
            grid_name(grid),
            grid_code(grid)
        );
    }
    text.push_str(
        "\n编码按社区内先由西向东、再由北向南（以网格形心的经度、纬度为序）。被切开的小区按户数计入形心所在的较大部分。\n\
         Codes run from west to east, then north to south, in each community (by the centroid's longitude, \
         then latitude). The cut compound's households count for the grid that holds the larger part.\n",
    );
}
