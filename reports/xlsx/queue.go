package xlsx

import (
	"strconv"

	"github.com/xuri/excelize/v2"
)

// queue takes the rows of a sheet to its stream, in their order. Once there are
// many, it does so on another core: to prepare a row takes about as long as to
// write it.
type queue struct {
	stream *excelize.StreamWriter
	batch  *batch      // being filled
	full   chan *batch // nil as long as one batch is enough
	free   chan *batch
	ended  chan error
}

const (
	batchCells   = 4096
	batchesAhead = 3
)

// batch is some rows, whose cells are all in one slice.
type batch struct {
	rows   []queued
	cells  []excelize.Cell
	values []any
	used   int // cells
	err    error
}

// queued is a row that the stream has yet to take.
type queued struct {
	cells   []excelize.Cell
	values  []any
	number  int
	options excelize.RowOpts
}

func newQueue(stream *excelize.StreamWriter) *queue {
	return &queue{stream: stream, batch: newBatch(batchCells)}
}

func newBatch(cells int) *batch {
	return &batch{cells: make([]excelize.Cell, cells), values: make([]any, cells)}
}

// next begins a row of so many cells. It tells of what has failed before.
func (q *queue) next(number, cells int) (*queued, error) {
	if q.batch.used+cells > len(q.batch.cells) {
		if err := q.turn(cells); err != nil {
			return nil, err
		}
	}
	b := q.batch
	from, to := b.used, b.used+cells
	b.rows = append(b.rows, queued{cells: b.cells[from:to], values: b.values[from:to], number: number})
	b.used = to
	return &b.rows[len(b.rows)-1], nil
}

func (r *queued) set(i, style int, value any) {
	r.cells[i] = excelize.Cell{StyleID: style, Value: value}
	r.values[i] = &r.cells[i]
}

// leave makes no cell at all.
func (r *queued) leave(i int) { r.values[i] = nil }

// turn sends the batch that is full and takes one that is free, or a larger one
// for a row that is wider than any.
func (q *queue) turn(cells int) error {
	if q.full == nil {
		q.full, q.free, q.ended = make(chan *batch, batchesAhead), make(chan *batch, batchesAhead), make(chan error, 1)
		for range batchesAhead - 1 {
			q.free <- newBatch(batchCells)
		}
		go q.write()
	}
	q.full <- q.batch
	q.batch = <-q.free
	if err := q.batch.err; err != nil {
		return err
	}
	if cells > len(q.batch.cells) {
		q.batch = newBatch(cells)
	}
	return nil
}

// write takes the batches until there is no more, or one fails: the others are
// given back as they are.
func (q *queue) write() {
	var err error
	for b := range q.full {
		if err == nil {
			err = b.write(q.stream)
		}
		b.rows, b.used, b.err = b.rows[:0], 0, err
		q.free <- b
	}
	q.ended <- err
}

func (b *batch) write(stream *excelize.StreamWriter) error {
	for i := range b.rows {
		r := &b.rows[i]
		if err := stream.SetRow("A"+strconv.Itoa(r.number), r.values, r.options); err != nil {
			return err
		}
	}
	return nil
}

// close writes what is left and waits for the other core. The stream is then
// its caller's alone.
func (q *queue) close() error {
	last := q.batch
	q.batch = nil
	if q.full == nil {
		return last.write(q.stream)
	}
	q.full <- last
	close(q.full)
	return <-q.ended
}

// stop waits for the other core where close was not reached.
func (q *queue) stop() {
	if q == nil || q.batch == nil || q.full == nil {
		return
	}
	close(q.full)
	<-q.ended
}
