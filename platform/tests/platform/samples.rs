//! Files made in the publishers' layouts, small enough to check by hand.

use std::fmt::Write;

/// A SimpleMaps file as published: UTF-8, CRLF, every field quoted, JSON with doubled quotes and commas.
pub fn us_zips(rows: &[(&str, f64, f64, &str, &str, &str)]) -> Vec<u8> {
    let mut text = "\"zip\",\"lat\",\"lng\",\"city\",\"state_id\",\"state_name\",\"zcta\",\"parent_zcta\",\"population\",\"density\",\
                    \"county_fips\",\"county_name\",\"county_weights\",\"timezone\"\r\n"
        .to_owned();
    for (zip, lat, lng, city, state, population) in rows {
        write!(
            text,
            "\"{zip}\",\"{lat}\",\"{lng}\",\"{city}\",\"{state}\",\"\",\"TRUE\",\"\",\"{population}\",\"1.5\",\"72001\",\"Añasco\",\
             \"{{\"\"72001\"\": 98.74, \"\"72141\"\": 1.26}}\",\"America/Puerto_Rico\"\r\n"
        )
        .expect("writes");
    }
    text.into_bytes()
}

/// A few ZIPs of two areas, one of them with an accent and one without population.
pub fn few_zips() -> Vec<u8> {
    us_zips(&[
        ("00601", 18.18, -66.75, "Adjuntas", "PR", "100"),
        ("00602", 18.36, -67.175, "Añasco", "PR", "300"),
        ("00603", 18.45, -67.12, "Aguadilla", "PR", ""),
        ("01001", 42.0625, -72.625, "Agawam", "MA", "16088"),
    ])
}

/// So many ZIPs, all different.
pub fn many_zips(count: usize) -> Vec<u8> {
    let mut text = "zip,lat,lng,city,state_id,population\n".to_owned();
    for zip in 0..count {
        writeln!(text, "{zip:05},40.5,-90.25,City {zip},IL,{}", zip % 1000).expect("writes");
    }
    text.into_bytes()
}

/// A gazetteer as published before 2025: tabs, blanks at the ends of rows, numbers that end in a bare point.
pub fn gazetteer() -> Vec<u8> {
    "GEOID\tALAND\tAWATER\tALAND_SQMI\tAWATER_SQMI\tINTPTLAT\tINTPTLONG                 \n\
     00601\t166659745\t799293.\t64.348\t0.309\t18.180555\t-66.749961          \n\
     00602\t79307535\t4428428\t30.621\t1.71\t18.361945\t-67.175597          \n\
     01001\t29612315\t2076500\t11.433\t0.802\t42.0\t0.          \n\
     \t\t\t\t\t\t\n"
        .as_bytes()
        .to_vec()
}
