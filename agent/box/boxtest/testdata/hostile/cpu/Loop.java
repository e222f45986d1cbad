// Loops in the main thread and in others.
// want: limit cpu
// limits: memory=512M cpu=500ms
public class Loop {
    static volatile long n;
    public static void main(String[] args) {
        for (int i = 0; i < 4; i++)
            new Thread(() -> { for (;;) n++; }).start();
        for (;;) n++;
    }
}
