# Java by OpenJDK. The heap is as large as the memory limit; what the virtual
# machine needs besides is memory_extra. The compiler runs with its classes
# mapped from an archive and without the optimising compiler: 0.25 s instead
# of 0.6, measured outside boxes. Programs keep the optimising compiler: it
# costs some milliseconds at start and is what long ones live on.
language "java" {
  name            = "Java (OpenJDK)"
  aliases         = ["62", "91"]
  source_file     = "Main.java"
  extensions      = [".java"]
  version         = ["{java}", "--version"]
  warm            = ["{java.home}/lib/server/*", "{java.home}/lib/*.so", "{java.home}/lib/modules", "{java.home}/lib/jvm.cfg"]
  memory_extra_mb = 96

  tool "java" {
    candidates = [
      "/usr/lib/jvm/*-2[5-9]-*/bin/java", "/usr/lib/jvm/*-21-*/bin/java", "/usr/lib/jvm/*-17-*/bin/java",
      "/usr/lib/jvm/default-java/bin/java", "/usr/lib/jvm/*/bin/java",
    ]
    home = 2
  }
  tool "javac" {
    candidates = [
      "/usr/lib/jvm/*-2[5-9]-*/bin/javac", "/usr/lib/jvm/*-21-*/bin/javac", "/usr/lib/jvm/*-17-*/bin/javac",
      "/usr/lib/jvm/default-java/bin/javac", "/usr/lib/jvm/*/bin/javac",
    ]
    home = 2
  }

  prepare {
    argv = ["/bin/sh", "-ec", <<-EOT
      umask 022
      printf 'import java.util.*; import java.io.*; import java.util.stream.*;
      public class Main {
        record Pair(int a, String b) {}
        interface Op { int of(int x); }
        public static void main(String[] args) throws IOException {
          BufferedReader in = new BufferedReader(new InputStreamReader(System.in));
          Map<String, List<Integer>> m = new TreeMap<>();
          for (String s = in.readLine(); s != null; s = in.readLine())
            m.computeIfAbsent(s, k -> new ArrayList<>()).add(s.length());
          Op twice = x -> 2 * x;
          System.out.println(m.values().stream().flatMap(List::stream).map(twice::of).collect(Collectors.toList()) + " " + new Pair(1, "a"));
        }
      }' > Main.java
      "$1" -J-XX:+UseSerialGC -J-XX:TieredStopAtLevel=1 -J-XX:ArchiveClassesAtExit=javac.jsa -proc:none -d classes Main.java
      rm -r classes Main.java
      chmod 644 javac.jsa
    EOT
    , "prepare", "{javac}"]
  }
  compile {
    argv = ["{javac}", "-J-XX:+UseSerialGC", "-J-XX:TieredStopAtLevel=1", "-J-XX:-UsePerfData", "-J-Xmx512m", "-J-XX:ActiveProcessorCount=1",
    "{cache?-J-XX:SharedArchiveFile={cache}/javac.jsa}", "-J-Xshare:auto", "-J-Xlog:disable",
    "-encoding", "UTF-8", "-proc:none", "-d", "{output}", "{options}", "{sources}"]
    output    = ".classes"
    artifacts = ["**/*.class"]
    limits { memory_mb = 1024 }
  }
  run {
    argv = ["{java}", "-XX:+UseSerialGC", "-XX:-UsePerfData", "-XX:ActiveProcessorCount={cpus}", "-Xshare:auto", "-Xmx{memory_mb}m", "-Xss{stack_mb}m",
    "-XX:ReservedCodeCacheSize=64m", "-XX:ErrorFile=/dev/null", "-Dfile.encoding=UTF-8", "-cp", "{output}", "{stem}"]
    processes_extra = 32
    stack_max_mb    = 1023
    memory_evidence = ["java\\.lang\\.OutOfMemoryError", "insufficient memory for the Java Runtime"]
  }

  hello {
    source = <<-EOT
      import java.util.*;

      public class Main {
        public static void main(String[] args) {
          List<Integer> list = new ArrayList<>(List.of(3, 1, 2));
          Collections.sort(list);
          System.out.println(list);
        }
      }
    EOT
    stdout = "[1, 2, 3]"
  }
}
