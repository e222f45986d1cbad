package api

import (
	"encoding/json"
	"fmt"
	"net/http"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"gopkg.in/yaml.v3"

	"assay/client"
	"assay/judge"
)

type document struct {
	Paths      map[string]map[string]any
	Components struct{ Schemas map[string]schema }
}

type schema struct {
	Ref                  string `yaml:"$ref"`
	Type                 any
	Properties           map[string]schema
	Required             []string
	Items                *schema
	Enum                 []string
	AdditionalProperties any `yaml:"additionalProperties"`
	Maximum              *int64
	Default              any
	MaxItems             int `yaml:"maxItems"`
}

func published(t *testing.T) document {
	t.Helper()
	w := newWorld(t)
	a := w.do("GET", "/v1/openapi.yaml", "").is(http.StatusOK)
	var d document
	if err := yaml.Unmarshal(a.body, &d); err != nil {
		t.Fatal(err)
	}
	return d
}

var methods = []string{"get", "put", "post", "delete", "patch"}

func TestTheDocumentHasTheRoutesOfTheRouter(t *testing.T) {
	var documented, routed []string
	for path, item := range published(t).Paths {
		for method := range item {
			if slices.Contains(methods, method) {
				documented = append(documented, strings.ToUpper(method)+" "+path)
			}
		}
	}
	pattern := regexp.MustCompile(`:[^}]*}`)
	for _, r := range newWorld(t).api.routes {
		routed = append(routed, r.method+" "+pattern.ReplaceAllString(r.path, "}"))
	}
	if diff := cmp.Diff(sorted(routed), sorted(documented)); diff != "" {
		t.Error("router (-) and document (+) differ:\n", diff)
	}
}

// shapes are the Go types behind the schemas of the same name.
func shapes() map[string]reflect.Type {
	all := map[string]reflect.Type{}
	for name, v := range map[string]any{
		"Request": client.Request{}, "BatchRequest": client.BatchRequest{}, "SuiteRequest": client.SuiteRequest{},
		"Submission": client.Submission{}, "Page": client.Page{}, "BatchReceipt": client.BatchReceipt{}, "Batch": client.Batch{},
		"Suite": client.Suite{}, "Languages": client.Languages{}, "Agents": client.Agents{}, "Cluster": client.Cluster{},
		"Health": client.Health{}, "Problem": client.Problem{}, "Test": client.Test{}, "Compare": client.Compare{},
		"Restored": client.Restored{},
	} {
		all[name] = reflect.TypeOf(v)
	}
	return all
}

func TestTheSchemasHaveTheFieldsOfTheShapes(t *testing.T) {
	d := published(t)
	checked := map[string]bool{"Status": true, "Verdict": true} // are no objects
	for name, shape := range shapes() {
		compareSchema(t, d, name, shape, checked)
	}
	for name := range d.Components.Schemas {
		if !checked[name] {
			t.Errorf("no shape for schema %s", name)
		}
	}
}

func compareSchema(t *testing.T, d document, name string, shape reflect.Type, checked map[string]bool) {
	t.Helper()
	if checked[name] {
		return
	}
	checked[name] = true
	s, ok := d.Components.Schemas[name]
	if !ok {
		t.Errorf("no schema for %s", name)
		return
	}
	var fields []string
	for i := range shape.NumField() {
		f := shape.Field(i)
		field, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if field == "-" {
			continue
		}
		fields = append(fields, field)
		p := s.Properties[field]
		if want := schemaType(f.Type); p.Ref == "" && fmt.Sprint(p.Type) != want && want != "" {
			t.Errorf("%s.%s has type %v, want %s", name, field, p.Type, want)
		}
		if inner := object(f.Type); inner != nil {
			ref := p.Ref
			if p.Items != nil {
				ref = p.Items.Ref
			}
			if ref == "" {
				t.Errorf("%s.%s refers to no schema", name, field)
				continue
			}
			compareSchema(t, d, ref[strings.LastIndexByte(ref, '/')+1:], inner, checked)
		}
	}
	var documented []string
	for field := range s.Properties {
		documented = append(documented, field)
	}
	if diff := cmp.Diff(sorted(fields), sorted(documented)); diff != "" {
		t.Errorf("%s: shape (-) and schema (+) differ:\n%s", name, diff)
	}
	for _, r := range s.Required {
		if !slices.Contains(fields, r) {
			t.Errorf("%s requires %s, which it does not have", name, r)
		}
	}
}

// object is the struct in a field's type, if there is one.
func object(t reflect.Type) reflect.Type {
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct || t == reflect.TypeFor[time.Time]() {
		return nil
	}
	return t
}

func schemaType(t reflect.Type) string {
	switch {
	case t == reflect.TypeFor[json.RawMessage]() || t == reflect.TypeFor[*int]():
		return "" // anything; [integer, null]
	case t == reflect.TypeFor[time.Time]() || t == reflect.TypeFor[*time.Time]():
		return "string"
	}
	switch t.Kind() {
	case reflect.Pointer:
		return schemaType(t.Elem())
	case reflect.String:
		return "string"
	case reflect.Bool:
		return "boolean"
	case reflect.Int, reflect.Int64, reflect.Uint64:
		return "integer"
	case reflect.Float64:
		return "number"
	case reflect.Slice:
		return "array"
	default:
		return "object"
	}
}

func TestTheDocumentNamesTheVerdictsAndLimitsThatCount(t *testing.T) {
	d := published(t)
	var verdicts []string
	for _, v := range judge.Verdicts() {
		verdicts = append(verdicts, string(v))
	}
	if diff := cmp.Diff(verdicts, d.Components.Schemas["Verdict"].Enum); diff != "" {
		t.Error(diff)
	}
	b := judge.DefaultBounds()
	limits := d.Components.Schemas["Limits"].Properties
	for field, want := range map[string][2]int64{
		"cpu_ms":    {b.Default.CPU.Milliseconds(), b.Max.CPU.Milliseconds()},
		"wall_ms":   {0, b.Max.Wall.Milliseconds()},
		"memory_kb": {b.Default.MemoryKB, b.Max.MemoryKB},
		"stack_kb":  {0, b.Max.StackKB},
		"processes": {int64(b.Default.Processes), int64(b.Max.Processes)},
		"output_kb": {b.Default.OutputKB, b.Max.OutputKB},
		"file_kb":   {b.Default.FileKB, b.Max.FileKB},
	} {
		p := limits[field]
		fallback, _ := p.Default.(int)
		if p.Maximum == nil || *p.Maximum != want[1] || int64(fallback) != want[0] {
			t.Errorf("%s: default %v, maximum %v, want %v", field, p.Default, p.Maximum, want)
		}
	}
	if d.Components.Schemas["Request"].Properties["tests"].MaxItems != b.Tests || d.Components.Schemas["SuiteRequest"].Properties["tests"].MaxItems != b.SuiteTests {
		t.Error("other numbers of tests")
	}
}

var reference = regexp.MustCompile(`\$ref: "#/components/(\w+)/(\w+)"`)

func TestEveryReferenceLeadsSomewhere(t *testing.T) {
	var d struct{ Components map[string]map[string]any }
	if err := yaml.Unmarshal(openAPI, &d); err != nil {
		t.Fatal(err)
	}
	for _, m := range reference.FindAllStringSubmatch(string(openAPI), -1) {
		if _, ok := d.Components[m[1]][m[2]]; !ok {
			t.Errorf("%s leads nowhere", m[0])
		}
	}
}
