// Halts from a shutdown hook while it exits, and closes the streams of the virtual machine.
// want: exit 7
// limits: memory=512M cpu=5s
public class Verdicts {
    public static void main(String[] args) {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> Runtime.getRuntime().halt(7)));
        System.out.close();
        System.err.close();
        System.exit(0);
    }
}
