//! Has the crate compiled anew when files that its macros read have changed.

fn main() {
    for folder in ["../migrations/privileges", "../migrations/after_clean", "../seeds/primary", "../seeds/data"] {
        println!("cargo:rerun-if-changed={folder}");
    }
}
