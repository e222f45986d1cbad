package arch

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var (
	linkForm    = regexp.MustCompile(`\]\(([^):#]*)(#[^)]+)?\)`)
	headingForm = regexp.MustCompile(`(?m)^#+ (.+)$`)
	notInAnchor = regexp.MustCompile(`[^\p{L}\p{N} _-]`)
)

func TestEveryPageAndSectionThatIsLinkedExists(t *testing.T) {
	for _, page := range pages(t) {
		for _, l := range linkForm.FindAllStringSubmatch(read(t, page), -1) {
			target := page
			if l[1] != "" {
				target = filepath.Join(filepath.Dir(page), l[1])
			}
			if _, err := os.Stat(target); err != nil {
				t.Errorf("%s links to %s: %v", page, l[1], err)
				continue
			}
			if l[2] != "" && !slices.Contains(anchors(read(t, target)), l[2]) {
				t.Errorf("%s links to %s, where there is no %s", page, target, l[2])
			}
		}
	}
}

// pages are those at the top and in docs.
func pages(t *testing.T) (all []string) {
	for _, dir := range []string{"", "docs"} {
		found, err := filepath.Glob(filepath.Join("../..", dir, "*.md"))
		if err != nil || len(found) == 0 {
			t.Fatal(dir, found, err)
		}
		all = append(all, found...)
	}
	return all
}

func read(t *testing.T, name string) string {
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// anchors are the sections of a page as links call them.
func anchors(text string) (all []string) {
	for _, h := range headingForm.FindAllStringSubmatch(text, -1) {
		name := notInAnchor.ReplaceAllString(strings.ToLower(h[1]), "")
		all = append(all, "#"+strings.ReplaceAll(name, " ", "-"))
	}
	return all
}
