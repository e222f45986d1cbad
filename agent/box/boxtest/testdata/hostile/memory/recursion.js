// Recurses without end; the engine's own guard speaks first.
// want: exit 0 "contained\n"
// limits: memory=512M cpu=5s
function deep() { return deep() + 1; }
try { deep(); } catch (e) { console.log(e instanceof RangeError ? 'contained' : 'breach'); }
