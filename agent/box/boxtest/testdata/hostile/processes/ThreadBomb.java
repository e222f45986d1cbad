// Starts threads until the virtual machine cannot; that is an error to the program.
// want: exit 0 "contained\n"
// limits: memory=512M cpu=5s
public class ThreadBomb {
    public static void main(String[] args) {
        int made = 0;
        try {
            for (;; made++) {
                Thread t = new Thread(() -> { try { Thread.sleep(1_000_000); } catch (InterruptedException e) { } });
                t.setDaemon(true);
                t.start();
            }
        } catch (OutOfMemoryError e) {
            System.out.println(made < 64 ? "contained" : "breach");
        }
        System.out.flush();
        Runtime.getRuntime().halt(0);
    }
}
