//! Words: Chinese numbers, and names of invented compounds.

use super::random::Random;

/// A number from 1 to 99 in Chinese.
pub fn chinese(n: usize) -> String {
    const DIGITS: [&str; 10] = ["", "一", "二", "三", "四", "五", "六", "七", "八", "九"];
    let (tens, ones) = (n / 10, DIGITS[n % 10]);
    match tens {
        0 => ones.to_owned(),
        1 => format!("十{ones}"),
        _ => format!("{}十{ones}", DIGITS[tens % 10]),
    }
}

/// Invented compound names, none twice, in random order.
pub struct CompoundNames {
    fresh: Vec<String>,
}

impl CompoundNames {
    /// The names that two-part combinations give.
    pub fn new(random: &mut Random) -> Self {
        const FIRST: [&str; 36] = [
            "海润", "福临", "锦绣", "书香", "听涛", "岭秀", "桃源", "松涛", "金桂", "和顺", "景泰",
            "盛和", "翠微", "清溪", "云岭", "瑞宁", "康乐", "丰和", "兴隆", "吉祥", "春晖", "紫荆",
            "丹枫", "银杏", "梧桐", "榉林", "泰和", "祥云", "明珠", "文华", "东篱", "南苑", "北辰",
            "安泰", "永宁", "长乐",
        ];
        const LAST: [&str; 8] = ["花园", "家园", "苑", "小区", "里", "雅园", "新村", "名邸"];
        let mut firsts = FIRST;
        random.shuffle(&mut firsts);
        let mut fresh = Vec::new();
        for round in 0..4 {
            for (i, first) in firsts.iter().enumerate() {
                fresh.push(format!("{first}{}", LAST[(i * 3 + round * 5) % LAST.len()]));
            }
        }
        fresh.reverse();
        Self { fresh }
    }

    /// The next name.
    pub fn next(&mut self) -> String {
        self.fresh.pop().unwrap_or_default()
    }
}
