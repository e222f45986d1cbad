// Floods stdout and stderr from threads.
// want: limit output
// limits: memory=512M cpu=5s
public class Flood {
    public static void main(String[] args) {
        new Thread(() -> { for (;;) System.err.println("e".repeat(1000)); }).start();
        for (;;) System.out.println("o".repeat(1000));
    }
}
