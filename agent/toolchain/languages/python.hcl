language "python3" {
  name        = "Python 3 (CPython)"
  aliases     = ["python", "py", "70", "71", "92", "100", "109", "113"]
  source_file = "main.py"
  extensions  = [".py"]
  version     = ["{python}", "--version"]
  warm        = ["/usr/lib/*-linux-gnu/libc.so.6", "/usr/lib/*-linux-gnu/libm.so.6", "/usr/lib/python3.*/*.py", "/usr/lib/python3.*/__pycache__/*", "/usr/lib/python3.*/*/__pycache__/*"]

  # The system's interpreter only: the shims of version managers cost 80 ms.
  tool "python" { candidates = ["/usr/bin/python3", "/usr/local/bin/python3.[0-9]*"] }

  run {
    argv            = ["{python}", "-s", "-B", "{source}"]
    memory_evidence = ["(?m)^MemoryError"]
  }

  hello {
    source = <<-EOT
      import collections, sys
      print(sum(collections.Counter("abca").values()) + sys.version_info[0])
    EOT
    stdout = "7"
  }
}
