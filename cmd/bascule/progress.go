package main

import (
	"io"
	"iter"
	"sync"
	"time"

	"github.com/schollz/progressbar/v3"

	"bascule/reconcile"
)

// Progress draws how far a stage is on a terminal. A nil Progress draws
// nothing. Add may be called by several goroutines.
type Progress struct {
	w   io.Writer
	mu  sync.Mutex
	bar *progressbar.ProgressBar
}

func newProgress(w io.Writer) *Progress { return &Progress{w: w} }

// Start begins a new bar in place of the former one. A total that is not
// positive is unknown: the bar only shows that work goes on.
func (p *Progress) Start(label string, total int64) {
	if p == nil {
		return
	}
	p.Done()
	if total <= 0 {
		total = -1
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.bar = progressbar.NewOptions64(total,
		progressbar.OptionSetWriter(p.w),
		progressbar.OptionSetDescription(label),
		progressbar.OptionSetWidth(30),
		progressbar.OptionSetRenderBlankState(true),
		progressbar.OptionShowCount(),
		progressbar.OptionThrottle(100*time.Millisecond),
		progressbar.OptionSetSpinnerChangeInterval(0), // else the library draws beside us
		progressbar.OptionClearOnFinish())
}

// Add counts n more units as done.
func (p *Progress) Add(n int) {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.bar != nil {
		// A terminal that went away must not stop the night's work.
		_ = p.bar.Add(n)
	}
}

// counting counts the pairs that pass, by hundreds: drawing costs more than
// comparing.
func (p *Progress) counting(pairs iter.Seq2[*reconcile.Pair, error]) iter.Seq2[*reconcile.Pair, error] {
	if p == nil {
		return pairs
	}
	return func(yield func(*reconcile.Pair, error) bool) {
		const step = 500
		n := 0
		for pair, err := range pairs {
			if n++; n == step {
				p.Add(step)
				n = 0
			}
			if !yield(pair, err) {
				return
			}
		}
		p.Add(n)
	}
}

// Done clears the bar.
func (p *Progress) Done() {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.bar != nil {
		_ = p.bar.Clear()
		p.bar = nil
	}
}
