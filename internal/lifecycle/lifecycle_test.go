package lifecycle_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"

	"assay/internal/lifecycle"
)

var errBroken = errors.New("broken")

func untilDone(ctx context.Context) error {
	<-ctx.Done()
	return nil
}

func fails(context.Context) error { return errBroken }

func TestTheEdgeEndsBeforeTheCoreIsTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithCancel(t.Context())
		edgeEnded := false
		ended := make(chan error)
		go func() {
			ended <- lifecycle.Layers(ctx, func(ctx context.Context) error {
				<-ctx.Done()
				if !edgeEnded {
					t.Error("the core was stopped under its edge")
				}
				if context.Cause(ctx) != lifecycle.ErrDrained {
					t.Errorf("the core was stopped because of %v", context.Cause(ctx))
				}
				return nil
			}, func(ctx context.Context) error {
				<-ctx.Done()
				edgeEnded = true
				return nil
			})
		}()
		synctest.Wait()
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
}

func TestEitherLayerFailingEndsBoth(t *testing.T) {
	for name, layers := range map[string][2]lifecycle.Run{
		"core": {fails, untilDone},
		"edge": {untilDone, fails},
	} {
		synctest.Test(t, func(t *testing.T) {
			if err := lifecycle.Layers(t.Context(), layers[0], layers[1]); !errors.Is(err, errBroken) {
				t.Errorf("%s fails: %v", name, err)
			}
		})
	}
}

func TestTheFirstSiblingToEndEndsAll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		if err := lifecycle.Together(t.Context(), untilDone, untilDone, fails); !errors.Is(err, errBroken) {
			t.Error(err)
		}
		ends := func(context.Context) error { return nil }
		if err := lifecycle.Together(t.Context(), untilDone, ends); err != nil {
			t.Error(err)
		}
	})
}
