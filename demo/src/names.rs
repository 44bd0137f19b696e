//! Names of places and counties, put together from syllables. Where one is the name of a real place, that is chance.

use crate::random::Random;

const STARTS: [&str; 40] = [
    "Al", "Ash", "Bar", "Bel", "Brook", "Cal", "Car", "Ched", "Clar", "Col", "Dal", "Dor", "Eld", "Fair", "Fen", "Glen", "Gran", "Har",
    "Hol", "Kel", "Lan", "Lin", "Mar", "Mel", "Mor", "Nor", "Oak", "Pel", "Quin", "Ram", "Ros", "Sal", "Sel", "Stan", "Tal", "Thorn",
    "Ver", "Wal", "Wes", "Win",
];
const MIDDLES: [&str; 12] = ["", "", "", "", "a", "e", "en", "er", "ing", "o", "is", "le"];
const ENDS: [&str; 24] = [
    "borough", "bridge", "burg", "bury", "by", "dale", "den", "field", "ford", "gate", "ham", "haven", "hurst", "land", "ley", "mere",
    "mont", "mouth", "port", "stead", "ton", "ville", "wick", "wood",
];
const BEFORE: [&str; 6] = ["East", "Fort", "Mount", "North", "Port", "West"];
const AFTER: [&str; 8] = ["Beach", "Center", "City", "Falls", "Heights", "Junction", "Park", "Springs"];

/// Spanish ones, with the accents that make encodings show.
const SPANISH_STARTS: [&str; 16] =
    ["Agua", "Ale", "Añas", "Barra", "Caña", "Cié", "Domi", "Güe", "Hormi", "Lima", "Mira", "Peñue", "Quebra", "Río", "Sali", "Villa"];
const SPANISH_ENDS: [&str; 16] =
    ["bón", "cal", "cón", "das", "dilla", "flores", "gón", "güez", "lar", "mar", "nera", "nique", "rín", "sillo", "tí", "verde"];

/// A city of a state.
pub(crate) fn city(state: &str, random: &mut Random) -> String {
    let spanish = match state {
        "PR" => 1000,
        "NM" => 250,
        "AZ" | "CA" | "TX" => 90,
        _ => 0,
    };
    if random.per_mille(spanish) {
        return format!("{}{}", random.pick(&SPANISH_STARTS), random.pick(&SPANISH_ENDS));
    }
    let name = word(random);
    match random.below(12) {
        0 => format!("{} {name}", random.pick(&BEFORE)),
        1 => format!("{name} {}", random.pick(&AFTER)),
        // A few that quoting and splitting must survive.
        2 if random.per_mille(60) => format!("{name}-on-the-{}", word(random)),
        2 if random.per_mille(60) => format!("O'{name}"),
        _ => name,
    }
}

/// A county of a state.
pub(crate) fn county(state: &str, random: &mut Random) -> String {
    if state == "PR" {
        return format!("{}{}", random.pick(&SPANISH_STARTS), random.pick(&SPANISH_ENDS));
    }
    word(random)
}

fn word(random: &mut Random) -> String {
    format!("{}{}{}", random.pick(&STARTS), random.pick(&MIDDLES), random.pick(&ENDS))
}
