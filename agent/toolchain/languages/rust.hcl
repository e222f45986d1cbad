language "rust" {
  name        = "Rust"
  aliases     = ["rs", "73", "108"]
  source_file = "main.rs"
  extensions  = [".rs"]
  version     = ["{rustc}", "--version"]
  warm        = ["/usr/lib/*-linux-gnu/libc.so.6", "/usr/lib/*-linux-gnu/libgcc_s.so.1", "/usr/lib/*-linux-gnu/ld-linux-*.so.*"]

  # rustup's own rustc is a shim; the compiler behind it is taken as it lies.
  tool "rustc" {
    candidates = ["/opt/rust/bin/rustc", "/usr/bin/rustc", "/root/.rustup/toolchains/stable-*/bin/rustc"]
    home       = 2
    target     = "/opt/rust"
  }

  compile {
    argv = ["{rustc}", "--edition", "2021", "--color", "never", "-C", "opt-level=2", "-C", "codegen-units=1", "-o", "{output}", "{options}", "{source}"]
    env       = { RUST_BACKTRACE = "0" }
    output    = "main"
    artifacts = ["main"]
  }
  run {
    argv            = ["./{output}"]
    memory_evidence = ["memory allocation of \\d+ bytes failed"]
  }

  hello {
    source = <<-EOT
      use std::collections::BTreeMap;

      fn main() {
          let m: BTreeMap<i32, i32> = (1..4).map(|i| (i, i * i)).collect();
          println!("{:?}", m);
      }
    EOT
    stdout = "{1: 1, 2: 4, 3: 9}"
  }
}
