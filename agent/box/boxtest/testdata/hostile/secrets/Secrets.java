// Reads properties, environment and files of the host from Java.
// want: exit 0 "contained\n"
// limits: memory=512M cpu=5s
import java.nio.file.*;
public class Secrets {
    public static void main(String[] args) throws Exception {
        for (String name : System.getenv().keySet())
            if (name.contains("ASSAY")) System.out.println("breach: " + name + System.getenv(name));
        for (String dir : new String[]{"/tmp", "/root", "/home", "/var", "/run", "/etc/ssh", "/sys"})
            if (Files.isDirectory(Path.of(dir)))
                try (var list = Files.newDirectoryStream(Path.of(dir))) {
                    for (Path p : list)
                        if (!p.toString().contains("hsperfdata")) System.out.println("breach: " + p);
                } catch (Exception e) { }
        for (ProcessHandle p : (Iterable<ProcessHandle>) ProcessHandle.allProcesses()::iterator)
            if (p.pid() != ProcessHandle.current().pid()) System.out.println("breach: process " + p.pid());
        System.out.println("contained");
    }
}
