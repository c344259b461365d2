//! The map application is embedded from `web/dist`; a build before `npm run build` embeds none.

fn main() {
    println!("cargo::rerun-if-changed=migrations");
    println!("cargo::rerun-if-changed=web/dist");
    if let Err(error) = std::fs::create_dir_all("web/dist") {
        println!("cargo::warning=web/dist cannot be made: {error}");
    }
}
