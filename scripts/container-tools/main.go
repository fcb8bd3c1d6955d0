// Reads a Dockerfile as BuildKit does, up to what it would build for both platforms, and asks BuildKit's own rules ("docker build
// --check"). Registries are not asked: every base image is taken for one that has a shell and nothing else.
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"

	"github.com/moby/buildkit/client/llb"
	"github.com/moby/buildkit/client/llb/sourceresolver"
	"github.com/moby/buildkit/frontend/dockerfile/dockerfile2llb"
	"github.com/moby/buildkit/frontend/dockerfile/parser"
	"github.com/moby/buildkit/frontend/dockerui"
	"github.com/moby/buildkit/util/appcontext"
	"github.com/opencontainers/go-digest"
	ocispecs "github.com/opencontainers/image-spec/specs-go/v1"
)

func main() {
	text, err := os.ReadFile(os.Args[1])
	if err != nil {
		fail(err)
	}
	if _, _, _, ok := parser.DetectSyntax(text); !ok {
		fail(errors.New("no \"# syntax=…\" on the first line: an old engine would not know cache mounts"))
	}
	ctx := appcontext.Context()
	for _, architecture := range []string{"amd64", "arm64"} {
		if err := compile(ctx, text, architecture); err != nil {
			fail(fmt.Errorf("linux/%s: %w", architecture, err))
		}
	}
	if err := check(ctx, text); err != nil {
		fail(err)
	}
}

// As on a builder for amd64 that makes an image for another platform.
func options(text []byte, architecture string) dockerfile2llb.ConvertOpt {
	target := ocispecs.Platform{OS: "linux", Architecture: architecture}
	source := llb.NewSourceMap(nil, "Dockerfile", "Dockerfile", text)
	source.Definition = &llb.Definition{}
	return dockerfile2llb.ConvertOpt{
		Config:         dockerui.Config{BuildPlatforms: []ocispecs.Platform{{OS: "linux", Architecture: "amd64"}}},
		TargetPlatform: &target,
		MetaResolver:   resolver{target},
		SourceMap:      source,
	}
}

func compile(ctx context.Context, text []byte, architecture string) error {
	result, err := dockerfile2llb.Dockerfile2LLB(ctx, text, options(text, architecture))
	if err != nil {
		return err
	}
	_, err = result.State.Marshal(ctx)
	return err
}

func check(ctx context.Context, text []byte) error {
	results, err := dockerfile2llb.DockerfileLint(ctx, text, options(text, "amd64"))
	if err != nil {
		return err
	}
	if results.Error == nil && len(results.Warnings) == 0 {
		return nil
	}
	var shown bytes.Buffer
	if err := results.PrintTo(&shown, nil); err != nil {
		return err
	}
	return fmt.Errorf("%s", shown.String())
}

type resolver struct{ platform ocispecs.Platform }

func (r resolver) ResolveImageConfig(_ context.Context, ref string, _ sourceresolver.Opt) (string, digest.Digest, []byte, error) {
	config, err := json.Marshal(ocispecs.Image{Platform: r.platform, Config: ocispecs.ImageConfig{Env: []string{"PATH=/bin"}}})
	return ref, digest.FromBytes(config), config, err
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}
