package trail

import (
	"path/filepath"
	"strings"

	"github.com/replaydiff/replay/diff/traffic/mask"
	"github.com/replaydiff/replay/harness/accesslog"
	"github.com/replaydiff/replay/scenarios"
)

// layerNames are the layers as package scenarios calls them.
var layerNames = map[Layer]string{CDN: "edge", Proxy: "proxy", App: "app"}

var answeredNames = map[accesslog.Answered]string{accesslog.ByCDN: "edge", accesslog.ByProxy: "proxy", accesslog.ByApp: "app"}

// Logged is what scenarios judges by, by entry: the lines that are certain, and
// what is said in them.
func (t *Trails) Logged() map[int]scenarios.Logged {
	all := map[int]scenarios.Logged{}
	for _, trail := range t.Trails {
		var logged scenarios.Logged
		for i := range trail.In {
			logged.Logs = append(logged.Logs, t.Logs[i].logged(&trail.In[i]))
		}
		all[trail.Entry] = logged
	}
	return all
}

func (l *Log) logged(s *Sighting) scenarios.LoggedIn {
	in := scenarios.LoggedIn{Name: l.Short(), Layer: layerNames[l.Layer], Seen: s.Seen(), Missing: s.Missing() && l.Vouched()}
	if s.Ambiguous {
		return in
	}
	for i := range s.Lines {
		r := &s.Lines[i].Record
		if r.IsRequest() {
			in.Status, in.Upstream = r.Status, r.UpstreamStatus
			if name := answeredNames[r.Answered]; name != "" {
				in.Answered = name
			}
		}
		wrong := TellsTrouble(r)
		for _, text := range [...]string{r.Message, r.Error} {
			if text != "" {
				in.Said = append(in.Said, scenarios.Said{Line: r.Line, Text: text[:min(len(text), maxSaid)], Sure: wrong})
			}
		}
	}
	return in
}

// maxSaid bounds the text of a line that is listened to, in bytes.
const maxSaid = 8 << 10

// Short is the log's name without its folder, fit to be shown.
func (l *Log) Short() string { return mask.Visible(filepath.Base(l.Name)) }

// TellsTrouble tells whether a line speaks of something that went wrong: by its
// level, its status, or where it has neither, by a word.
func TellsTrouble(r *accesslog.Record) bool {
	switch r.Level {
	case "warn", "error", "fatal":
		return true
	case "":
	default:
		return r.Error != "" || r.Status >= 400
	}
	if r.Status != 0 || r.Format != accesslog.Unknown {
		return r.Status >= 400 || r.Error != "" || r.Format == accesslog.ErrorLog
	}
	head := strings.ToLower(r.Message[:min(len(r.Message), 200)])
	for _, word := range []string{"error", "warn", "fatal", "exception", "denied", "fail", "reject", "unauthorized", "forbidden"} {
		if strings.Contains(head, word) {
			return true
		}
	}
	return false
}
