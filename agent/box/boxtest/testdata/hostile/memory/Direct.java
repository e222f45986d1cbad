// Takes memory outside the heap.
// want: limit memory
// want: exit 1
// limits: memory=128M cpu=10s
import java.nio.ByteBuffer;
import java.util.ArrayList;
public class Direct {
    public static void main(String[] args) {
        ArrayList<ByteBuffer> all = new ArrayList<>();
        for (;;) {
            ByteBuffer b = ByteBuffer.allocateDirect(8 << 20);
            for (int i = 0; i < b.capacity(); i += 4096) b.put(i, (byte) 1);
            all.add(b);
        }
    }
}
