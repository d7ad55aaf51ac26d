package origins

import (
	"encoding/json"
	"net/http"
	"strconv"
)

func (a *App) listNotes(w http.ResponseWriter, _ *http.Request, _ *session) {
	a.mu.Lock()
	defer a.mu.Unlock()
	w.Header().Set("X-Total-Count", strconv.Itoa(len(a.notes)))
	writeJSON(w, http.StatusOK, map[string]any{"notes": a.notes})
}

func (a *App) putNote(w http.ResponseWriter, r *http.Request, _ *session) {
	var note struct{ Text string }
	if err := json.NewDecoder(r.Body).Decode(&note); err != nil || note.Text == "" {
		refuse(w, http.StatusUnprocessableEntity, "text_missing")
		return
	}
	id := r.PathValue("id")
	a.mu.Lock()
	_, there := a.notes[id]
	if there {
		a.notes[id] = note.Text
	}
	a.mu.Unlock()
	if !there {
		refuse(w, http.StatusNotFound, "no_such_note")
		return
	}
	writeJSON(w, http.StatusOK, map[string]string{"id": id, "text": note.Text})
}
