language "javascript" {
  name            = "JavaScript (Node.js)"
  aliases         = ["js", "node", "nodejs", "63", "93", "97", "102"]
  source_file     = "main.js"
  extensions      = [".js", ".cjs", ".mjs"]
  version         = ["{node}", "--version"]
  warm            = ["/usr/lib/*-linux-gnu/libc.so.6", "/usr/lib/*-linux-gnu/libstdc++.so.6", "/usr/lib/*-linux-gnu/libnode.so.*"]
  memory_extra_mb = 64

  tool "node" { candidates = ["/usr/bin/node", "/usr/bin/nodejs", "/usr/local/bin/node"] }

  run {
    argv            = ["{node}", "--max-old-space-size={memory_mb}", "--stack-size={stack_inner_kb}", "{source}"]
    env             = { UV_THREADPOOL_SIZE = "1", NODE_OPTIONS = "" }
    processes_extra = 24
    stack_max_mb    = 1024
    memory_evidence = ["JavaScript heap out of memory", "Array buffer allocation failed"]
  }

  hello {
    source = <<-EOT
      const input = require("fs").readFileSync(0, "utf8");
      console.log([1, 2, 3].map((x) => x * x).join(" ") + input);
    EOT
    stdout = "1 4 9"
  }
}
