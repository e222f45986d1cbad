package tenant

import (
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/hcl/v2/hclsimple"
)

func TestEverythingWrongWithAConfigurationIsReportedAtOnce(t *testing.T) {
	err := Config{
		Tenants: []Tenant{{Name: "A b"}, {Name: "a"}, {Name: "a"}, {Name: "b", Rate: -1}},
		Tokens: []Token{
			{Digest: "secret", Tenant: "nobody", Scopes: []string{"read", "root"}},
			{Digest: Digest("x"), Tenant: "a"},
			{Digest: Digest("x"), Tenant: "a"},
		},
	}.Validate()
	if err == nil {
		t.Fatal("accepted")
	}
	for _, want := range []string{`"A b"`, `"a" is given more`, `"b": no limit`, "token 1: must be a digest", `no tenant "nobody"`, `no scope "root"`, "token 3 is given more"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%v\nlacks %s", err, want)
		}
	}
	if strings.Contains(err.Error(), "secret") {
		t.Error("a token is repeated in the error")
	}
}

func TestTenantsAndTokensAreBlocksOfAConfiguration(t *testing.T) {
	var c Config
	err := hclsimple.Decode("tenants.hcl", []byte(`
tenant "contest" {
  rate   = 0.5
  weight = 4
}
token "sha256:0000000000000000000000000000000000000000000000000000000000000000" {
  tenant = "contest"
  scopes = ["submit", "read"]
}
`), nil, &c)
	if err != nil {
		t.Fatal(err)
	}
	r, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := r.Tenant("contest"), (Tenant{Name: "contest", Rate: 0.5, Burst: 1000, Queue: 50_000, Weight: 4}); got != want {
		t.Errorf("%+v", got)
	}
	if _, err := New(Config{Tenants: []Tenant{{Name: "gone"}}, Loopback: true}); err != nil {
		t.Error(err)
	}
	if got := r.Tenant("gone"); got.Weight != 1 {
		t.Errorf("a tenant that is no longer configured: %+v", got)
	}
}

func TestAServerThatOthersCanReachNeedsTokens(t *testing.T) {
	if _, err := New(Config{}); err == nil {
		t.Error("accepted")
	}
	if _, err := New(Config{Loopback: true}); err != nil {
		t.Error(err)
	}
}

func TestTokensStandForTenantAndScopes(t *testing.T) {
	token := NewToken()
	r, err := New(Config{
		Tenants: []Tenant{{Name: "a", Weight: 3}},
		Tokens:  []Token{{Digest: Digest(token), Tenant: "a", Scopes: []string{"read"}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	id, ok := r.Identify(token)
	if !ok || id.Tenant.Name != "a" || id.Tenant.Weight != 3 || !id.May(Read) || id.May(Submit) || id.May(Operate) {
		t.Errorf("identity %+v", id)
	}
	if _, ok := r.Identify(token + "x"); ok {
		t.Error("another token is accepted")
	}
	if _, ok := r.Anonymous(); ok || r.Open() {
		t.Error("open in spite of a token")
	}
}

func TestWithoutTokensOnlyOperatingNeedsOne(t *testing.T) {
	r, err := New(Config{Loopback: true, OperatorToken: "op"})
	if err != nil {
		t.Fatal(err)
	}
	anyone, ok := r.Anonymous()
	if !ok || !anyone.May(Submit) || !anyone.May(Read) || anyone.May(Operate) {
		t.Errorf("anonymous %+v", anyone)
	}
	if op, ok := r.Identify("op"); !ok || !op.May(Operate) {
		t.Errorf("operator %+v", op)
	}
}

func TestATenantIsHeldToItsRateAfterItsBurst(t *testing.T) {
	r, err := New(Config{Loopback: true})
	if err != nil {
		t.Fatal(err)
	}
	a, now := Tenant{Name: "a", Rate: 2, Burst: 3}, time.Unix(0, 0)
	for range 3 {
		if _, ok := r.Take(a, 1, now); !ok {
			t.Fatal("refused within the burst")
		}
	}
	if wait, ok := r.Take(a, 1, now); ok || wait != 500*time.Millisecond {
		t.Errorf("after the burst: %t, wait %v", ok, wait)
	}
	if _, ok := r.Take(Tenant{Name: "b", Rate: 1, Burst: 1}, 1, now); !ok {
		t.Error("another tenant is refused with it")
	}
	if _, ok := r.Take(a, 1, now.Add(500*time.Millisecond)); !ok {
		t.Error("refused after the wait that was named")
	}
	if _, ok := r.Take(a, 1, now); ok {
		t.Error("a clock that goes back fills the bucket")
	}
}

func TestABatchBeyondTheBurstIsPaidOffAfterwards(t *testing.T) {
	r, err := New(Config{Loopback: true})
	if err != nil {
		t.Fatal(err)
	}
	a, now := Tenant{Name: "a", Rate: 1, Burst: 10}, time.Unix(0, 0)
	if _, ok := r.Take(a, 30, now); !ok {
		t.Fatal("a full allowance refuses it")
	}
	if wait, ok := r.Take(a, 1, now); ok || wait != 21*time.Second {
		t.Errorf("then: %t, wait %v", ok, wait)
	}
}
