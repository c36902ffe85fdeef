package sqlite

/*
#include <stdlib.h>
#ifdef __GLIBC__
#include <malloc.h>
static void trim(void) { malloc_trim(0); }
#else
static void trim(void) {}
#endif
*/
import "C"

import (
	"context"
	"fmt"
)

// cacheWriter gives the writer so much cache until the function it returns is
// called.
func (d *DB) cacheWriter(ctx context.Context, kib int) (restore func()) {
	if kib <= writerCacheKiB {
		return func() {}
	}
	d.resize(ctx, kib)
	return func() { d.resize(ctx, writerCacheKiB) }
}

func (d *DB) resize(ctx context.Context, kib int) {
	// Without it, the work takes longer and is done all the same.
	_, _ = d.write.ExecContext(context.WithoutCancel(ctx), fmt.Sprintf("PRAGMA cache_size = -%d", kib))
}

// release gives what the writer's cache holds, and what the readers' have let go of,
// back to the system. The allocator of C would
// keep it, some 60 MB for 300,000 agents, beside what the report needs.
func (d *DB) release(ctx context.Context) {
	_, _ = d.write.ExecContext(context.WithoutCancel(ctx), "PRAGMA shrink_memory") // nothing is lost where it is refused
	C.trim()
}
