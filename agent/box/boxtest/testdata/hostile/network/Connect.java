// Connects and listens from Java.
// want: exit 0 "contained\n"
// limits: memory=512M cpu=5s
import java.net.*;
public class Connect {
    public static void main(String[] args) {
        int port = Integer.parseInt(System.getenv("CANARY_PORT"));
        try (Socket s = new Socket("127.0.0.1", port)) {
            System.out.println("breach: " + new String(s.getInputStream().readAllBytes()));
        } catch (Exception e) { }
        try (ServerSocket s = new ServerSocket(0)) {
            System.out.println("breach: listens");
        } catch (Exception e) { }
        try {
            InetAddress.getByName("example.com");
            System.out.println("breach: resolves");
        } catch (Exception e) { }
        System.out.println("contained");
    }
}
