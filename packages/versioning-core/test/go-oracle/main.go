// Command go-oracle answers questions about Go versions with golang.org/x/mod itself: one JSON object a line in, one a line out.
package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"time"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/module"
	"golang.org/x/mod/semver"
	"golang.org/x/mod/zip"
)

type question struct {
	Op           string   `json:"op"`
	Path         string   `json:"path"`
	Version      string   `json:"version"`
	Other        string   `json:"other"`
	Prefix       string   `json:"prefix"`
	PathMajor    string   `json:"pathMajor"`
	Tags         []string `json:"tags"`
	TagsAtCommit []string `json:"tagsAtCommit"`
	Time         int64    `json:"time"`
	Rev          string   `json:"rev"`
	Text         string   `json:"text"`
	// What is retracted, as the text of a go.mod.
	Retracting string `json:"retracting"`
	Files      []file `json:"files"`
}

// file is one below a module's folder; Text is what the go.mod file holds.
type file struct {
	Name string `json:"path"`
	Mode string `json:"mode"`
	Size int64  `json:"size"`
	Text string `json:"text"`
}

func main() {
	in := bufio.NewScanner(os.Stdin)
	in.Buffer(nil, 1<<20)
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	encoder := json.NewEncoder(out)
	for in.Scan() {
		var q question
		if err := json.Unmarshal(in.Bytes(), &q); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		if err := encoder.Encode(answer(q)); err != nil {
			os.Exit(1)
		}
	}
}

func answer(q question) map[string]any {
	switch q.Op {
	case "compare":
		return map[string]any{"order": semver.Compare(q.Version, q.Other)}
	case "read":
		return read(q.Version)
	case "check":
		return map[string]any{"ok": module.Check(q.Path, q.Version) == nil}
	case "split":
		prefix, major, ok := module.SplitPathVersion(q.Path)
		return map[string]any{"ok": ok && module.CheckPath(q.Path) == nil, "prefix": prefix, "major": major}
	case "match":
		return map[string]any{"ok": module.MatchPathMajor(q.Version, q.PathMajor)}
	case "retractions":
		intervals, err := retractions(q.Text)
		return map[string]any{"ok": err == nil, "retracted": intervals}
	case "retracting":
		return map[string]any{"tag": retracting(q)}
	case "mod":
		return mod(q.Text)
	case "own":
		return own(q.Text)
	case "zip":
		return checkFiles(q.Files)
	case "derive":
		return map[string]any{"version": derive(q)}
	}
	return map[string]any{"error": "unknown op " + q.Op}
}

func read(v string) map[string]any {
	r := map[string]any{"valid": semver.IsValid(v), "canonical": semver.Canonical(v), "pseudo": module.IsPseudoVersion(v)}
	base, errBase := module.PseudoVersionBase(v)
	t, errTime := module.PseudoVersionTime(v)
	rev, errRev := module.PseudoVersionRev(v)
	if errBase == nil && errTime == nil && errRev == nil {
		r["base"], r["time"], r["rev"] = base, t.Unix(), rev
	}
	return r
}

type interval struct {
	Low  string `json:"low"`
	High string `json:"high"`
}

func retractions(text string) ([]interval, error) {
	f, err := modfile.ParseLax("go.mod", []byte(text), nil)
	if err != nil {
		return nil, err
	}
	intervals := []interval{}
	for _, r := range f.Retract {
		intervals = append(intervals, interval{r.Low, r.High})
	}
	return intervals, nil
}

// mod is what a dependency's go.mod says, or the lines that are refused in it.
// own reads a go.mod as that of the main module, as a build does: a version of its own that is not in full is looked up.
func own(text string) map[string]any {
	fix := func(path, version string) (string, error) {
		if canonical := module.CanonicalVersion(version); path != modfile.ModulePath([]byte(text)) {
			if canonical == "" {
				return "", errors.New("no version")
			}
			return canonical, nil
		} else if canonical != version {
			return "", errors.New("looked up")
		}
		_, major, _ := module.SplitPathVersion(path)
		return version, module.CheckPathMajor(version, major)
	}
	_, err := modfile.Parse("go.mod", []byte(text), fix)
	lines := []int{}
	var list modfile.ErrorList
	if errors.As(err, &list) {
		for _, e := range list {
			// A newer go may know it.
			if !strings.Contains(e.Err.Error(), "unknown ") && !slices.Contains(lines, e.Pos.Line) {
				lines = append(lines, e.Pos.Line)
			}
		}
	}
	slices.Sort(lines)
	return map[string]any{"lines": lines}
}

func mod(text string) map[string]any {
	f, err := modfile.ParseLax("go.mod", []byte(text), nil)
	lines := []int{}
	var list modfile.ErrorList
	if errors.As(err, &list) {
		for _, e := range list {
			lines = append(lines, e.Pos.Line)
		}
	}
	if err != nil {
		return map[string]any{"ok": false, "lines": lines}
	}
	requirements := [][2]string{}
	for _, r := range f.Require {
		requirements = append(requirements, [2]string{r.Mod.Path, r.Mod.Version})
	}
	version := ""
	if f.Go != nil {
		version = f.Go.Version
	}
	return map[string]any{"ok": true, "lines": lines, "requirements": requirements, "goVersion": version}
}

func (f file) Path() string                { return f.Name }
func (f file) Lstat() (fs.FileInfo, error) { return info{f}, nil }
func (f file) Open() (io.ReadCloser, error) {
	return io.NopCloser(strings.NewReader(f.Text)), nil
}

type info struct{ f file }

func (i info) Name() string       { return path.Base(i.f.Name) }
func (i info) Size() int64        { return i.f.Size }
func (i info) ModTime() time.Time { return time.Time{} }
func (i info) IsDir() bool        { return false }
func (i info) Sys() any           { return nil }
func (i info) Mode() fs.FileMode {
	if i.f.Mode == "symlink" {
		return fs.ModeSymlink | 0o777
	}
	return 0o644
}

func checkFiles(files []file) map[string]any {
	list := []zip.File{}
	for _, f := range files {
		list = append(list, f)
	}
	checked, _ := zip.CheckFiles(list)
	invalid := []string{}
	for _, e := range checked.Invalid {
		invalid = append(invalid, e.Path)
	}
	return map[string]any{"valid": append([]string{}, checked.Valid...), "invalid": invalid, "tooLarge": checked.SizeError != nil}
}

// retracting is cmd/go/internal/modfetch/coderepo.go (Versions and retractedVersions), with go.mod in place.
func retracting(q question) string {
	versions := []string{}
	for _, tag := range q.Tags {
		if !strings.HasPrefix(tag, q.Prefix) {
			continue
		}
		v := tag[len(q.Prefix):]
		if v == "" || v != semver.Canonical(v) || module.IsPseudoVersion(v) || module.CheckPathMajor(v, q.PathMajor) != nil {
			continue
		}
		versions = append(versions, v)
	}
	if len(versions) == 0 || strings.HasSuffix(q.PathMajor, "-unstable") {
		return ""
	}
	semver.Sort(versions)
	for i := len(versions) - 1; i >= 0; i-- {
		if semver.Prerelease(versions[i]) == "" {
			return q.Prefix + versions[i]
		}
	}
	return q.Prefix + versions[len(versions)-1]
}

// derive is cmd/go/internal/modfetch/coderepo.go (convert) and codehost/git.go (RecentTag), with go.mod in place, and the
// history and the retractions given.
func derive(q question) string {
	intervals, err := retractions(q.Retracting)
	if err != nil {
		intervals = nil
	}
	isRetracted := func(v string) bool {
		for _, r := range intervals {
			if semver.Compare(r.Low, v) <= 0 && semver.Compare(v, r.High) <= 0 {
				return true
			}
		}
		return false
	}
	tagToVersion := func(tag string) (string, bool) {
		if !strings.HasPrefix(tag, q.Prefix) {
			return "", false
		}
		trimmed := tag[len(q.Prefix):]
		if module.IsPseudoVersion(tag) {
			return "", false
		}
		v := semver.Canonical(trimmed)
		if v == "" || !strings.HasPrefix(trimmed, v) {
			return "", false
		}
		return v, v == trimmed
	}
	highest := ""
	for _, tag := range q.TagsAtCommit {
		v, canonical := tagToVersion(tag)
		if canonical && semver.Compare(highest, v) < 0 && !isRetracted(v) && module.MatchPathMajor(v, q.PathMajor) {
			highest = v
		}
	}
	if highest != "" {
		return highest
	}
	recent := ""
	for _, tag := range append(q.Tags, q.TagsAtCommit...) {
		v, _ := tagToVersion(tag)
		if v == "" || !module.MatchPathMajor(v, q.PathMajor) || isRetracted(v) {
			continue
		}
		if version := tag[len(q.Prefix):]; semver.Compare(version, recent) > 0 {
			recent = version
		}
	}
	older := ""
	if recent != "" {
		older, _ = tagToVersion(q.Prefix + recent)
	}
	return module.PseudoVersion(module.PathMajorPrefix(q.PathMajor), older, time.Unix(q.Time, 0), q.Rev)
}
