package tenant

import (
	"os"
	"os/exec"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2/hclsimple"
)

func page(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("../../docs/operations.md")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestTheExampleOfThePageOfOperationsIsAValidFile(t *testing.T) {
	_, rest, _ := strings.Cut(page(t), "```hcl\ntenant ")
	example, _, _ := strings.Cut(rest, "```")
	var c Config
	if err := hclsimple.Decode("tenants.hcl", []byte("tenant "+example), nil, &c); err != nil {
		t.Fatal(err)
	}
	if _, err := New(c); err != nil {
		t.Error(err)
	}
	if len(c.Tenants) != 1 || len(c.Tokens) != 2 {
		t.Fatalf("%+v", c)
	}
	shown := reflect.ValueOf(c.Tenants[0])
	for i := range shown.NumField() {
		if shown.Field(i).IsZero() {
			t.Errorf("the example has no %s", shown.Type().Field(i).Name)
		}
	}
}

func TestThePageOfOperationsMakesTheDigestThatIsLookedUp(t *testing.T) {
	command := regexp.MustCompile("`(printf [^`]*)`").FindStringSubmatch(page(t))
	if command == nil {
		t.Fatal("the page does not tell how to make a digest")
	}
	token := NewToken()
	shell := exec.Command("sh", "-ec", command[1])
	shell.Env = append(os.Environ(), "TOKEN="+token)
	out, err := shell.Output()
	if err != nil {
		t.Fatal(err)
	}
	if got := "sha256:" + strings.Fields(string(out))[0]; got != Digest(token) {
		t.Errorf("%s, want %s", got, Digest(token))
	}
}
