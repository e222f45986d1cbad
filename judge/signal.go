package judge

import "fmt"

// signals of Linux by number, as on every architecture but MIPS, Alpha, SPARC
// and PA-RISC.
var signals = [...]string{
	1: "SIGHUP", 2: "SIGINT", 3: "SIGQUIT", 4: "SIGILL", 5: "SIGTRAP", 6: "SIGABRT", 7: "SIGBUS", 8: "SIGFPE",
	9: "SIGKILL", 10: "SIGUSR1", 11: "SIGSEGV", 12: "SIGUSR2", 13: "SIGPIPE", 14: "SIGALRM", 15: "SIGTERM",
	16: "SIGSTKFLT", 17: "SIGCHLD", 18: "SIGCONT", 19: "SIGSTOP", 20: "SIGTSTP", 21: "SIGTTIN", 22: "SIGTTOU",
	23: "SIGURG", 24: "SIGXCPU", 25: "SIGXFSZ", 26: "SIGVTALRM", 27: "SIGPROF", 28: "SIGWINCH", 29: "SIGIO",
	30: "SIGPWR", 31: "SIGSYS",
}

// SignalName returns the name of a signal with its number, "SIGSEGV (11)", or
// "signal 40" for one that has no name.
func SignalName(signal int) string {
	if signal <= 0 || signal >= len(signals) {
		return fmt.Sprintf("signal %d", signal)
	}
	return fmt.Sprintf("%s (%d)", signals[signal], signal)
}
