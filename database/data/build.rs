//! Has the crate compiled anew when what its macros read has changed: the queries' descriptions and the migrations.

fn main() {
    println!("cargo:rerun-if-changed=.sqlx");
    println!("cargo:rerun-if-changed=../../migrations/data");
}
