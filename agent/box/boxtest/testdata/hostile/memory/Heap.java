// Fills a heap that was told to be larger than the box; the box ends it, or the virtual machine gives up.
// want: limit memory
// want: exit 1
// limits: memory=128M cpu=10s
import java.util.ArrayList;
public class Heap {
    public static void main(String[] args) {
        ArrayList<long[]> all = new ArrayList<>();
        for (;;) {
            long[] block = new long[1 << 17];
            java.util.Arrays.fill(block, 1);
            all.add(block);
        }
    }
}
