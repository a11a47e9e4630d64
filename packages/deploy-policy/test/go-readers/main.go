package main

import (
	"bufio"
	"bytes"
	_ "crypto/sha256"
	_ "crypto/sha512"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/distribution/reference"
	"sigs.k8s.io/yaml"
)

// A file of questions, and one answer to each.
type question struct {
	References []string `json:"references"`
	Scalars    []string `json:"scalars"`
	Texts      []string `json:"texts"`
}

type named struct {
	Name   string `json:"name,omitempty"`
	Tag    string `json:"tag,omitempty"`
	Digest string `json:"digest,omitempty"`
	Error  string `json:"error,omitempty"`
}

func readReference(text string) named {
	parsed, err := reference.ParseNormalizedNamed(text)
	if err != nil {
		return named{Error: err.Error()}
	}
	r := named{Name: parsed.Name()}
	if tagged, ok := parsed.(reference.Tagged); ok {
		r.Tag = tagged.Tag()
	}
	if digested, ok := parsed.(reference.Digested); ok {
		r.Digest = digested.Digest().String()
	}
	return r
}

type image struct {
	Path  string `json:"path"`
	Image any    `json:"image"`
}

type document struct {
	Error  string  `json:"error,omitempty"`
	Images []image `json:"images,omitempty"`
}

func get(value any, keys ...string) (any, bool) {
	for _, key := range keys {
		object, ok := value.(map[string]any)
		if !ok {
			return nil, false
		}
		if value, ok = object[key]; !ok {
			return nil, false
		}
	}
	return value, true
}

func join(at, path string) string {
	if at == "" {
		return path
	}
	return at + "." + path
}

func podImages(spec any, at string) (found []image) {
	for _, list := range []string{"initContainers", "containers", "ephemeralContainers"} {
		items, _ := get(spec, list)
		containers, _ := items.([]any)
		for index, container := range containers {
			if value, ok := get(container, "image"); ok {
				found = append(found, image{fmt.Sprintf("%s.%s[%d].image", at, list, index), value})
			}
		}
	}
	items, _ := get(spec, "volumes")
	volumes, _ := items.([]any)
	for index, volume := range volumes {
		if value, ok := get(volume, "image", "reference"); ok {
			found = append(found, image{fmt.Sprintf("%s.volumes[%d].image.reference", at, index), value})
		}
	}
	return found
}

var templates = []string{"spec.template", "spec.jobTemplate.spec.template", "template"}

// As UnstructuredJSONScheme of k8s.io/apimachinery: what has items is a list, and items of a typed list may have no kind.
func objectImages(object any, at, listed string) (found []image) {
	kind, hasKind := listed, listed != ""
	if value, ok := get(object, "kind"); ok {
		kind, hasKind = value.(string)
	}
	if items, ok := get(object, "items"); ok && hasKind {
		list, _ := items.([]any)
		inner := strings.TrimSuffix(kind, "List")
		for index, item := range list {
			found = append(found, objectImages(item, join(at, fmt.Sprintf("items[%d]", index)), inner)...)
		}
		return found
	}
	if kind == "Pod" {
		spec, _ := get(object, "spec")
		return podImages(spec, join(at, "spec"))
	}
	for _, path := range []string{"spec.template", "spec.jobTemplate.spec.template", "template"} {
		if spec, ok := get(object, append(strings.Split(path, "."), "spec")...); ok {
			found = append(found, podImages(spec, join(at, path+".spec"))...)
		}
	}
	return found
}

// How kubectl splits a file: YAMLReader of k8s.io/apimachinery.
func split(text string) (documents []string, err error) {
	reader := bufio.NewReader(strings.NewReader(text))
	var buffer bytes.Buffer
	for {
		line, err := reader.ReadString('\n')
		if strings.HasPrefix(line, "---") {
			rest := strings.TrimSpace(line[3:])
			if rest != "" && rest[0] != '#' {
				return nil, fmt.Errorf("invalid separator")
			}
			if buffer.Len() > 0 {
				documents = append(documents, buffer.String())
				buffer.Reset()
			}
			if err == io.EOF {
				return documents, nil
			}
			continue
		}
		buffer.WriteString(line)
		if err == io.EOF {
			if buffer.Len() > 0 {
				documents = append(documents, buffer.String())
			}
			return documents, nil
		}
	}
}

func readDocuments(text string) (read []document) {
	texts, err := split(text)
	if err != nil {
		return []document{{Error: err.Error()}}
	}
	for _, one := range texts {
		read = append(read, readDocument(one))
	}
	return read
}

// What a value in a block is in the JSON that Kubernetes makes of it.
func readScalar(plain string) string {
	converted, err := yaml.YAMLToJSON([]byte("- " + plain + "\n"))
	if err != nil {
		return "error"
	}
	return string(converted)
}

func readDocument(text string) (read document) {
	converted := []byte(text)
	// As YAMLOrJSONDecoder of k8s.io/apimachinery: what begins as JSON is read as JSON, if it is.
	if !strings.HasPrefix(strings.TrimSpace(text), "{") || !json.Valid(converted) {
		var err error
		if converted, err = yaml.YAMLToJSON(converted); err != nil {
			return document{Error: err.Error()}
		}
	}
	decoder := json.NewDecoder(bytes.NewReader(converted))
	decoder.UseNumber()
	var value any
	if err := decoder.Decode(&value); err != nil {
		return document{Error: err.Error()}
	}
	return document{Images: objectImages(value, "", "")}
}

func main() {
	var asked question
	if err := json.NewDecoder(os.Stdin).Decode(&asked); err != nil {
		panic(err)
	}
	references, scalars, texts := []named{}, []string{}, [][]document{}
	for _, text := range asked.References {
		references = append(references, readReference(text))
	}
	for _, text := range asked.Scalars {
		scalars = append(scalars, readScalar(text))
	}
	for _, text := range asked.Texts {
		texts = append(texts, readDocuments(text))
	}
	json.NewEncoder(os.Stdout).Encode(map[string]any{"references": references, "scalars": scalars, "texts": texts})
}
