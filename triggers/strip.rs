//! The build script of the functions. A program for the local AWS has no use for symbols, and every deploy reads, packs and
//! hashes it; the profile cannot leave them out, or nothing that was compiled for the tool would serve here.

fn main() {
    println!("cargo::rerun-if-changed=../strip.rs");
    if std::env::var("PROFILE").is_ok_and(|profile| profile == "debug") {
        println!("cargo::rustc-link-arg-bins=-Wl,--strip-all");
    }
}
