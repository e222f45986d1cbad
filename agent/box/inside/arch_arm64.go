package inside

// SysSeccomp is the number of seccomp(2).
const SysSeccomp = 277
