package main

import (
	"crypto/tls"
	"errors"
	"fmt"

	"github.com/spf13/cobra"
)

// listenFlags are the flags of a command that is a server itself.
type listenFlags struct{ listen, listenCert, listenKey string }

func (f *listenFlags) add(cmd *cobra.Command, address, what string) {
	flags := cmd.Flags()
	flags.StringVar(&f.listen, "listen", address, what)
	flags.StringVar(&f.listenCert, "listen-cert", "", "speak TLS there, with the certificate in this PEM `file`")
	flags.StringVar(&f.listenKey, "listen-key", "", "the key of --listen-cert in this PEM `file`, where the certificate's own does not hold it")
}

// certificate is what the server presents; nil where none is named.
func (f *listenFlags) certificate() (*tls.Certificate, error) {
	if f.listenCert == "" {
		if f.listenKey != "" {
			return nil, errors.New("--listen-key without --listen-cert: name the certificate that belongs to the key")
		}
		return nil, nil
	}
	key := f.listenKey
	if key == "" {
		key = f.listenCert
	}
	pair, err := tls.LoadX509KeyPair(f.listenCert, key)
	if err != nil {
		return nil, fmt.Errorf("--listen-cert: %w; the certificate and its key are two PEM files, --listen-cert and --listen-key, or one", err)
	}
	return &pair, nil
}
