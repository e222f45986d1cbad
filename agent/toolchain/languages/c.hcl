# C by GCC. The GNU dialects are taken because programs for judges use what
# they add. Programs are linked dynamically: static ones start a quarter of a
# millisecond faster but take 20 ms longer to link, which 20 tests do not earn
# back.
language "c17" {
  name        = "C17 (GCC)"
  aliases     = ["c", "gcc", "48", "49", "50", "103"]
  source_file = "main.c"
  extensions  = [".c"]
  vars        = { std = "gnu17" }
  version     = ["{gcc}", "--version"]
  warm        = ["/usr/lib/*-linux-gnu/libc.so.6", "/usr/lib/*-linux-gnu/libm.so.6", "/usr/lib/*-linux-gnu/ld-linux-*.so.*"]

  tool "gcc" { candidates = ["/usr/bin/gcc", "/usr/local/bin/gcc", "/usr/bin/gcc-[0-9]*"] }
  tool "gold" {
    candidates = ["/usr/bin/ld.gold"]
    optional   = true
  }

  compile {
    argv = ["{gcc}", "-O2", "-pipe", "-std={std}", "-fdiagnostics-color=never", "-fmax-errors=50", "{gold?-fuse-ld=gold}",
    "-I.", "-o", "{output}", "{sources}", "{options}", "-lm"]
    output    = "main"
    artifacts = ["main"]
  }
  run { argv = ["./{output}"] }

  hello {
    source = <<-EOT
      #include <math.h>
      #include <stdio.h>
      int main(int argc, char **argv) { printf("%.3f\n", sqrt(argc + 1.0)); }
    EOT
    stdout = "1.414"
  }
}

language "c11" {
  extends = "c17"
  name    = "C11 (GCC)"
  vars    = { std = "gnu11" }
}

language "c23" {
  extends = "c17"
  name    = "C23 (GCC)"
  vars    = { std = "gnu2x" }
}
