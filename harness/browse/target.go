package browse

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/chromedp/cdproto"
	"github.com/chromedp/cdproto/audits"
	"github.com/chromedp/cdproto/network"
	cdpage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/cdproto/target"

	"github.com/replaydiff/replay/diff/traffic"
)

// A page is what has traffic: a tab, a frame of another process, a worker.
type page struct {
	session string
	target  string
	kind    string // Target.TargetInfo.type
	url     string
	parent  *page

	loading   traffic.Page // the last one that began
	committed traffic.Page // the one that is shown
	title     string
	titles    int
}

// top is the tab that a frame or worker belongs to, nil for workers of many.
func (p *page) top() *page {
	for ; p != nil; p = p.parent {
		if p.kind == "page" {
			return p
		}
	}
	return nil
}

// shown is the page load of that ID, if it is the last one.
func (p *page) shown(id string) traffic.Page {
	if id == p.loading.ID {
		return p.loading
	}
	return traffic.Page{ID: id}
}

type targetInfo struct{ TargetID, Type, Title, URL string }

// attach listens to everything from its first request on: a new target waits
// until that is so.
const waitForUs = true

// begin asks for every target that there is and will be.
func (r *recorder) begin() {
	flat := true
	r.wire.call("", target.CommandSetDiscoverTargets, target.SetDiscoverTargetsParams{Discover: true}, nil)
	r.wire.call("", target.CommandSetAutoAttach, target.SetAutoAttachParams{AutoAttach: true, WaitForDebuggerOnStart: waitForUs, Flatten: &flat}, nil)
}

func (r *recorder) targetEvent(session, method string, params json.RawMessage) {
	switch method {
	case cdproto.EventTargetAttachedToTarget:
		read(params, func(e *struct {
			SessionID  string
			TargetInfo targetInfo
		}) {
			r.attached(session, e.SessionID, e.TargetInfo)
		})
	case cdproto.EventTargetDetachedFromTarget:
		read(params, func(e *struct{ SessionID string }) { r.detached(e.SessionID) })
	case cdproto.EventTargetTargetInfoChanged:
		read(params, func(e *struct{ TargetInfo targetInfo }) { r.named(e.TargetInfo) })
	case cdproto.EventPageLoadEventFired:
		if p := r.pages[session]; p != nil && p.kind == "page" {
			r.askName(p)
		}
	case cdproto.EventPageFrameNavigated:
		read(params, func(e *struct {
			Frame struct{ ID, ParentID, LoaderID, URL, URLFragment string }
		}) {
			if p := r.pages[session]; p != nil && e.Frame.ParentID == "" {
				p.url, p.committed, p.title, p.titles = e.Frame.URL+e.Frame.URLFragment, p.shown(r.loaders[e.Frame.LoaderID]), "", 0
			}
		})
	}
}

func (r *recorder) attached(parent, session string, info targetInfo) {
	known := false
	for _, p := range r.pages {
		known = known || p.target == info.TargetID
	}
	switch info.Type {
	case "page", "iframe", "worker", "shared_worker", "service_worker":
	default:
		known = true
	}
	if known { // by another session; nothing is to wait for this one
		r.wire.call(session, runtime.CommandRunIfWaitingForDebugger, struct{}{}, nil)
		r.wire.call("", target.CommandDetachFromTarget, target.DetachFromTargetParams{SessionID: target.SessionID(session)}, nil)
		return
	}
	p := &page{session: session, target: info.TargetID, kind: info.Type, url: info.URL, parent: r.pages[parent]}
	r.pages[session] = p
	r.listen(p)
	if p.kind != "page" {
		return
	}
	r.windows = true
	if !r.opened && r.URL != "" {
		r.opened = true
		r.wire.call(session, cdpage.CommandNavigate, cdpage.NavigateParams{URL: r.URL}, nil)
	}
}

// What the browser may keep of bodies until they are asked for, which is as
// soon as they are complete.
const maxKept = 128 << 20

func (r *recorder) listen(p *page) {
	flat, kept := true, int64(maxKept)
	one := min(r.limit, kept)
	r.wire.call(p.session, network.CommandEnable, network.EnableParams{MaxTotalBufferSize: &kept, MaxResourceBufferSize: &one, MaxPostDataSize: &one}, nil)
	// So that a body outlives the page that is left for another.
	r.wire.call(p.session, network.CommandConfigureDurableMessages, network.ConfigureDurableMessagesParams{MaxTotalBufferSize: &kept, MaxResourceBufferSize: &one}, nil)
	r.wire.call(p.session, audits.CommandEnable, struct{}{}, nil)
	if p.kind == "page" || p.kind == "iframe" {
		r.wire.call(p.session, cdpage.CommandEnable, cdpage.EnableParams{}, nil)
	}
	r.wire.call(p.session, target.CommandSetAutoAttach, target.SetAutoAttachParams{AutoAttach: true, WaitForDebuggerOnStart: waitForUs, Flatten: &flat}, nil)
	r.wire.call(p.session, runtime.CommandRunIfWaitingForDebugger, struct{}{}, nil)
}

// detached ends what a target that is gone has not ended.
func (r *recorder) detached(session string) {
	p := r.pages[session]
	if p == nil {
		return
	}
	delete(r.pages, session)
	r.wire.gone(session)
	for _, f := range r.order {
		if n := len(f.hops); n > 0 && f.hops[n-1].target == p && !f.hops[n-1].ended {
			h := f.hops[n-1]
			h.failure = &loadingFailed{ErrorText: "net::ERR_ABORTED", Canceled: true}
			h.finish(r.now(), h.began)
		}
	}
}

// named takes the title of a page. Before it has one it is named by its URL.
func (r *recorder) named(info targetInfo) {
	const maxTitles = 4 // of one page: some blink
	for _, p := range r.pages {
		if p.target != info.TargetID || p.kind != "page" {
			continue
		}
		if p.committed.ID == "" || info.Title == "" || info.Title == p.title || p.titles >= maxTitles || strings.Contains(info.URL, "://"+info.Title) || info.URL != p.url {
			return
		}
		p.title = info.Title
		p.titles++
		r.tell(traffic.Page{ID: p.committed.ID, Title: info.Title, Started: p.committed.Started})
	}
}

// askName asks for the title of what has loaded: it may have been told before
// it was known which page it is of.
func (r *recorder) askName(p *page) {
	r.wire.call("", target.CommandGetTargetInfo, target.GetTargetInfoParams{TargetID: target.ID(p.target)}, func(result json.RawMessage, err error) {
		var reply struct{ TargetInfo targetInfo }
		if err == nil && json.Unmarshal(result, &reply) == nil {
			r.named(reply.TargetInfo)
		}
	})
}

func (r *recorder) tell(p traffic.Page) {
	if r.Page != nil {
		r.Page(p)
	}
}

// pageOf is the page load that a request belongs to; a navigation of a tab
// begins one.
func (r *recorder) pageOf(p *page, e *requestWillBeSent) string {
	if e.Type == "Document" && p.kind == "page" && e.FrameID == p.target && e.RedirectResponse == nil {
		r.count++
		p.loading = traffic.Page{ID: fmt.Sprintf("page_%d", r.count), Title: withoutQuery(e.Request.URL), Started: timestamp(e.WallTime)}
		r.remember(e.LoaderID, p.loading.ID)
		r.tell(p.loading)
		return p.loading.ID
	}
	id, known := r.loaders[e.LoaderID]
	if !known || e.LoaderID == "" {
		id = r.lastPage(p)
		if e.LoaderID != "" {
			r.remember(e.LoaderID, id)
		}
	}
	return id
}

// lastPage is the page load that what a target does now belongs to.
func (r *recorder) lastPage(p *page) string {
	top := p.top()
	switch {
	case top == nil:
		return ""
	case top.committed.ID != "":
		return top.committed.ID
	}
	return top.loading.ID
}

func (r *recorder) remember(loader, id string) {
	if _, known := r.loaders[loader]; !known {
		r.loaderAge = append(r.loaderAge, loader)
	}
	r.loaders[loader] = id
	if len(r.loaderAge) > maxLoaders {
		delete(r.loaders, r.loaderAge[0])
		r.loaderAge = r.loaderAge[1:]
	}
}

func timestamp(wall float64) traffic.Timestamp {
	t := time.UnixMicro(int64(wall * 1e6)).UTC().Truncate(time.Millisecond)
	return traffic.Timestamp{Time: t, Text: t.Format("2006-01-02T15:04:05.000Z07:00")}
}

// empty tells whether every window was closed.
func (r *recorder) empty() bool {
	for _, p := range r.pages {
		if p.kind == "page" {
			return false
		}
	}
	return r.windows
}
